import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { acmeFolder, certificateFile, gotFile } from '../../src/host/proxy/certificates/places.ts'
import { readBundle } from '../../src/host/proxy/certificates/pem.ts'
import { entriesOf, mapFile } from '../../src/host/proxy/maps.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { type OurHaproxy, startOurHaproxy } from '../host/our-haproxy.ts'
import { hasPebble, type Pebble, startPebble } from '../support/pebble.ts'
import { refusingAuthority } from '../support/refusing-authority.ts'
import { Death } from './worker-bench.ts'
import { reloadsIn } from '../support/reloads.ts'

const site = 'blog.example.com'
let front: OurHaproxy
let shell: Shell

beforeAll(async () => {
  // only for who has a password, closed, and for https only: an authority is answered all the same
  const one = `${site} 1\n`
  front = await startOurHaproxy(['blog'], { hosts: `${site} jail_blog\n`, maintenance: one, 'auth-on': one, https: `${site} only\n` })
  shell = createLocalShell({ programFolders: ['/bin', '/usr/bin'], jailRoots: front.layout.haproxy.configFolder })
})
afterAll(async () => {
  await shell?.stop()
  await front?.stop()
})
beforeEach(() => rmSync(acmeFolder(front.layout), { recursive: true, force: true }))

function stepAt(authority: { directory: string; caFile: string }): Step {
  const { layout } = front
  const { bindAddress: address, bindPort: port, socket } = layout.haproxy
  const places = {
    folder: acmeFolder(layout),
    to: gotFile(layout, site),
    shown: certificateFile(layout, site),
    answers: { socket, map: mapFile(layout, 'acme') },
  }
  const { directory, caFile } = authority
  return {
    title: 'A step',
    action: { kind: 'acme', site, directory, caFile, ...places, front: { address, port }, timeoutSeconds: 60 },
  }
}

function effectsOn(host: Shell, slept: number[] = []) {
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds)
    await delay(20)
  }
  const hands = { shell: host, now: Date.now, sleep }
  const { configFolder } = front.layout.haproxy
  return createEffects({ ...hands, reloads: reloadsIn(configFolder, hands), stagingFolder: join(configFolder, 'staging') })
}

const groupFile = () => join(front.layout.haproxy.configFolder, 'group')
const linesLeft = () => [...entriesOf(readFileSync(mapFile(front.layout, 'acme'), 'utf8'))]

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
    httpGet: async (...words) => (die(), shell.httpGet(...words)),
  }
}

describe.skipIf(!hasPebble)('an order at a real authority', () => {
  let pebble: Pebble
  beforeAll(async () => {
    pebble = await startPebble({ httpPort: front.layout.haproxy.bindPort, refusedNonces: 10 })
  })
  afterAll(() => pebble?.stop())

  it('ends with a certificate, and nothing of it left, wherever its worker is killed', async () => {
    const step = stepAt(pebble)
    for (let times = 0; ; times += 1) {
      rmSync(acmeFolder(front.layout), { recursive: true, force: true })
      const died = await effectsOn(mortal(times))
        .perform(step, { groupFile: groupFile() })
        .catch((error: unknown) => error)

      const effects = effectsOn(shell)
      if ((await effects.check(step)) !== 'done') {
        await effects.revert(step, null, { groupFile: groupFile() })
        expect(linesLeft()).toEqual([])
        await effects.perform(step, { groupFile: groupFile() })
      }

      expect(await effects.check(step)).toBe('done')
      expect(linesLeft()).toEqual([])
      expect(() => readBundle(readFileSync(gotFile(front.layout, site), 'utf8'), 'it')).not.toThrow()
      if (died === undefined) return expect(times).toBeGreaterThan(8)
      expect(died).toBeInstanceOf(Death)
    }
  }, 120_000)

  it('goes on with the same key where it was cut off after the authority had given the certificate out', async () => {
    const step = stepAt(pebble)
    const to = gotFile(front.layout, site)
    const last: Shell = {
      ...shell,
      writeFile: async (path, ...rest) => {
        if (path === to) throw new Death()
        await shell.writeFile(path, ...rest)
      },
    }
    await expect(effectsOn(last).perform(step, { groupFile: groupFile() })).rejects.toBeInstanceOf(Death)
    const kept: unknown = JSON.parse(readFileSync(to.replace('.pem', '.order'), 'utf8'))

    await effectsOn(shell).perform(step, { groupFile: groupFile() })

    const got = readFileSync(to, 'utf8')
    expect(kept).toMatchObject({ tokens: [] })
    expect(kept).toHaveProperty('key', got.slice(got.indexOf('-----BEGIN PRIVATE'), got.indexOf('-----BEGIN CERT')))
  })

  it('leaves files that nobody else may read', async () => {
    await effectsOn(shell).perform(stepAt(pebble), { groupFile: groupFile() })
    const folder = acmeFolder(front.layout)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600])
  })
})

describe('an authority that says no', () => {
  const limit = { type: 'rateLimited', status: 429, detail: 'too many certificates (5) already issued' }

  it.each([
    [{ ...limit, retryAfter: '7200' }, /too many certificates \(5\).*ask again in 120 minutes.*staging/],
    [{ type: 'caa', status: 403, detail: 'CAA record prevents issuance' }, /CAA record prevents.*let it name this one/],
    [{ type: 'rejectedIdentifier', status: 400, detail: 'policy forbids' }, /policy forbids.*upload a certificate/],
    [{ type: 'dns', status: 400, detail: 'NXDOMAIN' }, /NXDOMAIN.*lead to this host/],
  ])('%o: that is said, with what to do', async (answer, words) => {
    const authority = await says(answer)
    await expect(effectsOn(shell).perform(stepAt(authority), { groupFile: groupFile() })).rejects.toMatchObject({
      code: 'authority_refused',
      message: expect.stringMatching(words),
    })
    expect(authority.orders()).toBe(1)
    expect(existsSync(gotFile(front.layout, site))).toBe(false)
  })

  it('for a moment is asked again after as long as it says, three times in all', async () => {
    const authority = await says({ type: 'rateLimited', status: 503, detail: 'Service busy; retry later.', retryAfter: '3' })
    const slept: number[] = []
    await expect(effectsOn(shell, slept).perform(stepAt(authority), { groupFile: groupFile() })).rejects.toThrow('Service busy')
    expect(slept).toEqual([3000, 3000])
    expect(authority.orders()).toBe(3)
  })

  it('or is not there is an answer, too', async () => {
    const authority = await says(limit)
    await authority.stop().catch(() => undefined)
    const there = { ...authority, caFile: '/etc/hosts' }
    await expect(effectsOn(shell).perform(stepAt(there), { groupFile: groupFile() })).rejects.toMatchObject({
      code: 'authority_refused',
      message: expect.stringMatching(/cannot be asked.*ask again/),
    })
  })
})

async function says(...answers: Parameters<typeof refusingAuthority>[0]) {
  const authority = await refusingAuthority(answers)
  onTestFinished(() => authority.stop())
  return authority
}
