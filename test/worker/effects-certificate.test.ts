import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { certificateFile, certificateList, certificatesFolder, emptyCertificateList } from '../../src/host/proxy/certificates/places.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { type OurHaproxy, startOurHaproxy } from '../host/our-haproxy.ts'
import { selfSigned } from '../support/certificates.ts'
import { shownTo } from '../support/tls-client.ts'
import { Death } from './worker-bench.ts'
import { reloadsIn } from '../support/reloads.ts'

const site = 'blog.example.com'
const [first, second] = [selfSigned([site, 'shop.example.com']), selfSigned([site])]
let front: OurHaproxy
let shell: Shell

beforeAll(async () => {
  front = await startOurHaproxy(['blog', 'shop'], { hosts: `${site} jail_blog\nshop.example.com jail_shop\n` }, { tls: true })
  const programFolders = ['/bin', '/usr/bin', '/usr/sbin', '/usr/local/sbin', '/usr/local/bin']
  shell = createLocalShell({ programFolders, jailRoots: front.layout.haproxy.configFolder })
})
afterAll(async () => {
  await shell?.stop()
  await front?.stop()
})
beforeEach(async () => {
  await carryOut(shell, stepOf(null))
})

const from = () => join(front.layout.haproxy.configFolder, 'new.pem')
const at = (name: string) => join(certificatesFolder(front.layout), name)

function offer(pem: string): string {
  writeFileSync(from(), pem)
  chmodSync(from(), 0o600)
  return from()
}

function stepOf(path: string | null, more: { fingerprint?: string; site?: string } = {}): Step {
  const { layout } = front
  const name = more.site ?? site
  const where = {
    haproxy: { socket: layout.haproxy.socket, list: certificateList(layout) },
    path: certificateFile(layout, name),
  }
  return { title: 'A step', action: { kind: 'certificate', ...where, site, from: path, ...more } }
}

function effectsOn(host: Shell, now: () => number = Date.now) {
  const hands = { shell: host, now, sleep: async (milliseconds: number) => sleep(milliseconds) }
  return createEffects({ ...hands, reloads: reloadsIn(front.layout.haproxy.configFolder, hands), stagingFolder: at('staging') })
}

async function carryOut(host: Shell, step: Step, now?: () => number): Promise<string | null> {
  const effects = effectsOn(host, now)
  const before = await effects.capture(step)
  await effects.perform(step, { groupFile: at('group') })
  return before
}

/** Dies when it has touched the host so many times. */
function mortal(times: number): Shell {
  let left = times
  const die = () => {
    left -= 1
    if (left < 0) throw new Death()
  }
  return {
    ...shell,
    exchange: async (...words) => (die(), shell.exchange(...words)),
    writeFile: async (...words) => (die(), shell.writeFile(...words)),
    removeFile: async (...words) => (die(), shell.removeFile(...words)),
  }
}

const shown = () => shownTo(front.layout, site)

describe('a certificate', () => {
  it('is shown at once, in place of another, and taken back to that one', async () => {
    await carryOut(shell, stepOf(offer(first.pem)))
    const step = stepOf(offer(second.pem), { fingerprint: second.fingerprint })

    const before = await carryOut(shell, step)
    const now = await shown()
    await effectsOn(shell).revert(step, before, { groupFile: at('group') })
    await effectsOn(shell).revert(step, before, { groupFile: at('group') })

    expect(now).toMatchObject({ fingerprint: second.fingerprint })
    expect(await shown()).toMatchObject({ fingerprint: first.fingerprint })
    expect(before).not.toContain('KEY')
    expect(readdirSync(certificatesFolder(front.layout)).map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o600, 0o600])
  })

  it('is not taken back where somebody else put another one there', async () => {
    const step = stepOf(offer(first.pem))
    const before = await carryOut(shell, step)
    writeFileSync(certificateFile(front.layout, site), second.pem)

    await expect(effectsOn(shell).revert(step, before, { groupFile: at('group') })).rejects.toMatchObject({ code: 'undo_failed' })
    expect(readFileSync(certificateFile(front.layout, site), 'utf8')).toBe(second.pem)
  })

  it.each([
    ['shown', first.pem, second, second],
    ['shown for the first time', undefined, second, second],
    ['taken away', first.pem, undefined, undefined],
  ])('that is being %s is so in the end, wherever its worker is killed', async (_, old, next, wanted) => {
    for (let times = 0; ; times += 1) {
      await carryOut(shell, stepOf(old === undefined ? null : offer(old)))
      const step = stepOf(next === undefined ? null : offer(next.pem))
      const before = await effectsOn(shell).capture(step)
      const died = await effectsOn(mortal(times))
        .perform(step, { groupFile: at('group') })
        .catch((error: unknown) => error)

      await goOn(step, before)

      expect(await effectsOn(shell).check(step)).toBe('done')
      expect(await shown()).toEqual(wanted === undefined ? 'refused' : expect.objectContaining({ fingerprint: wanted.fingerprint }))
      if (died === undefined) return expect(times).toBeGreaterThan(3)
      expect(died).toBeInstanceOf(Death)
    }
  })

  it.each(['killed', 'reloaded'] as const)('is still shown by a HAProxy that was %s', async (how) => {
    await carryOut(shell, stepOf(offer(first.pem)))
    await carryOut(shell, stepOf(offer(second.pem)))

    await front.again(how)

    expect(await shown()).toMatchObject({ fingerprint: second.fingerprint })
    expect(await effectsOn(shell).check(stepOf(offer(second.pem)))).toBe('done')
  })

  it('is asked for by the name that the request is for: who came for one name gets no other by the same connection', async () => {
    await carryOut(shell, stepOf(offer(first.pem)))
    expect(await status(site, site)).toBe(200)
    expect(await status(site, 'shop.example.com')).toBe(421)
  })
})

describe('nothing changes where', () => {
  const other = selfSigned(['other.example.com'])
  const cases: [string, () => Promise<unknown>][] = [
    ['it is for another name', () => carryOut(shell, stepOf(offer(other.pem)))],
    ['it is another one than was approved', () => carryOut(shell, stepOf(offer(first.pem), { fingerprint: second.fingerprint }))],
    ['the key is of another one', () => carryOut(shell, stepOf(offer(first.certificate + second.key)))],
    ['the key is missing', () => carryOut(shell, stepOf(offer(first.certificate)))],
    ['there are two keys', () => carryOut(shell, stepOf(offer(first.pem + second.key)))],
    ['the chain is none', () => carryOut(shell, stepOf(offer(first.pem + second.certificate)))],
    ['it has ended', () => carryOut(shell, stepOf(offer(first.pem)), () => Date.now() + 40 * 24 * 3600_000)],
    ['it does not hold yet', () => carryOut(shell, stepOf(offer(first.pem)), () => 0)],
    ['others may read the key', () => (offer(first.pem), chmodSync(from(), 0o640), carryOut(shell, stepOf(from())))],
    ['the file is no certificate', () => carryOut(shell, stepOf(offer('show ssl cert\n\ndisable server jail_blog/blog\n')))],
  ]
  it.each(cases)('%s', async (_, work) => {
    await expect(work()).rejects.toMatchObject({ code: 'certificate_invalid' })
    await expect(work()).rejects.not.toThrow(/PRIVATE KEY-----/)
    expect(await shown()).toBe('refused')
    expect(existsSync(certificateFile(front.layout, site))).toBe(false)
    expect(readFileSync(certificateList(front.layout), 'utf8')).toBe(emptyCertificateList)
  })

  it('a name has what could mean something else', async () => {
    const step = stepOf(offer(first.pem), { site: `${site}\nx` })
    await expect(carryOut(shell, step)).rejects.toThrow()
    expect(await shown()).toBe('refused')
  })
})

/** As the executor does it after a crash: its probe is asked, what is half done is taken back, and then it is done again. */
async function goOn(step: Step, before: string | null): Promise<void> {
  const effects = effectsOn(shell)
  const standing = await effects.check(step)
  if (standing === 'half') await effects.revert(step, before, { groupFile: at('group') })
  if (standing !== 'done') await effects.perform(step, { groupFile: at('group') })
}

function status(servername: string, host: string): Promise<number | undefined> {
  const { bindAddress, tlsPort: port } = front.layout.haproxy
  return new Promise((resolve, reject) => {
    const options = { host: bindAddress, port, servername, headers: { host }, rejectUnauthorized: false, agent: false }
    const sent = request(options, (reply) => resolve(reply.resume().statusCode))
    sent.on('error', reject)
    sent.end()
  })
}
