import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { cardSchema } from '../../src/core/card.ts'
import { type Layout, layoutSchema } from '../../src/core/layout.ts'
import { certificatesIn, gotMark } from '../../src/host/proxy/certificates/pem.ts'
import { certificateFile, gotFile } from '../../src/host/proxy/certificates/places.ts'
import { entrySchema } from '../../src/worker/entries.ts'
import { attemptAt } from '../../src/worker/renewing.ts'
import { selfSignedBetween } from '../support/certificates.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { hasPebble, type Pebble, startPebble } from '../support/pebble.ts'
import { type RefusingAuthority, refusingAuthority } from '../support/refusing-authority.ts'
import { shownTo } from '../support/tls-client.ts'

/* A certificate is renewed by the worker as it runs, and nobody asks. What is aged is the certificate, not the clock. */

const site = 'blog.example.com'
const [second, minute, day] = [1000, 60_000, 24 * 3600_000]
let demo: Demo
let layout: Layout
let pebble: Pebble
let refusing: RefusingAuthority

describe.skipIf(!hasPebble)('a renewal that nobody asked for', () => {
  beforeAll(async () => {
    demo = await startDemo()
    layout = demoFile().config.host.layout
    pebble = await startPebble({ httpPort: layout.haproxy.bindPort, refusedNonces: 10 })
    refusing = await refusingAuthority([{ type: 'rateLimited', detail: 'too many certificates', status: 429 }])
    await askFrom(pebble)
    for (const words of ['jail create blog', `proxy add ${site}`, `proxy https on ${site}`]) {
      expect(await demo.sayApproved('ana', words)).toMatchObject({ state: 'done' })
    }
  }, 180_000)
  afterAll(async () => {
    await demo?.stop()
    await pebble?.stop()
    await refusing?.stop()
  }, 60_000)

  test('is made when it is due, by a request of the host itself, and is shown', async () => {
    const old = age(80 * day, 10 * day)

    await restartWorker()
    const [renewal] = await eventually(ownRequests, ([one]) => one?.state !== undefined)

    const file = readFileSync(certificateFile(layout, site), 'utf8')
    const [onDisk] = certificatesIn(file)
    expect(renewal).toMatchObject({ command: 'proxy https renew', site, state: 'done' })
    expect(onDisk?.fingerprint256).not.toBe(old)
    expect([file.startsWith(gotMark), onDisk?.issuer.includes('Pebble')]).toEqual([true, true])
    expect(await shownTo(layout, site)).toMatchObject({ fingerprint: onDisk?.fingerprint256 })
    const until = new Date(onDisk?.validTo ?? 0).toISOString().slice(0, 10)
    expect(await certificateSaid()).toMatch(new RegExp(`until ${until} .*, renewed by jailops$`))
    // what is young is not due, however often it is looked at
    await restartWorker()
    expect(await ownRequests()).toHaveLength(1)
  }, 120_000)

  test('that an authority refuses is an alert that says why, and is not tried again before its time, whichever worker lives', async () => {
    const old = age(80 * day, 10 * day)

    await askFrom(refusing)
    const [, failed] = await eventually(ownRequests, ([, one]) => one?.state !== undefined)
    expect(failed).toMatchObject({ site, state: 'failed', sentence: expect.stringContaining('too many certificates') })
    await eventually(alerts, (all) =>
      all.some(({ title, text }) => title === `The certificate of ${site} ends soon` && text?.includes('too many certificates') === true),
    )
    const orders = refusing.orders()
    await restartWorker()

    expect([(await ownRequests()).length, refusing.orders()]).toEqual([2, orders])
    expect(await shownTo(layout, site)).toMatchObject({ fingerprint: old })
  }, 120_000)

  test('is tried again when its time has come', async () => {
    // of ten minutes a try takes the thirtieth part
    age(7.5 * minute, 2.5 * minute)
    const before = await ownRequests()
    await restartWorker()
    const first = await eventually(ownRequests, (all) => all.length > before.length && all.at(-1)?.state !== undefined)
    const attempt = attemptNow()

    await eventually(
      async () => attemptNow(),
      (now) => now !== attempt,
    )
    await restartWorker()
    const then = await eventually(ownRequests, (all) => all.length > first.length && all.at(-1)?.state !== undefined)
    expect(then.at(-1)).toMatchObject({ site, state: 'failed' })

    await eventually(
      async () => attemptNow(),
      (now) => now !== attempt && now !== undefined && now > Number(attempt) + 1,
    )
    await askFrom(pebble)
    await eventually(ownRequests, (all) => all.at(-1)?.state === 'done')
    await eventually(alerts, (all) => all.every(({ standing }) => standing === 'recovered'))
  }, 180_000)
})

const demoFileSchema = z.looseObject({ config: z.looseObject({ host: z.looseObject({ layout: layoutSchema }) }) })
function demoFile() {
  return demoFileSchema.parse(JSON.parse(readFileSync(join(demo.stateDir, 'demo.json'), 'utf8')))
}

/** Where the worker gets certificates from now on. */
async function askFrom({ directory, caFile }: Pick<Pebble, 'directory' | 'caFile'>): Promise<void> {
  const settings = demoFile()
  settings.config.host.layout.acme = { ...settings.config.host.layout.acme, directory, caFile }
  writeFileSync(join(demo.stateDir, 'demo.json'), JSON.stringify(settings))
  await restartWorker()
}

/** A worker looks at what is due when it starts, and every hour. Whatever is asked of it later is answered after it has begun with that. */
async function restartWorker(): Promise<void> {
  const before = demo.pid('worker')
  process.kill(before, 'SIGKILL')
  await eventually(
    async () => demo.pid('worker'),
    (pid) => pid !== before,
  )
  for (const words of ['jail list', 'proxy list']) {
    await eventually(
      () => demo.say('ana', words),
      ({ state }) => state === 'done',
    )
  }
}

/** As if it had been got so long ago and ended so soon, and the one that was got were gone. @returns its fingerprint */
function age(old: number, left: number): string {
  const { pem, fingerprint } = selfSignedBetween([site], Date.now() - old, Date.now() + left)
  writeFileSync(certificateFile(layout, site), gotMark + pem)
  rmSync(gotFile(layout, site), { force: true })
  return fingerprint
}

function attemptNow(): number | undefined {
  const [leaf] = certificatesIn(readFileSync(certificateFile(layout, site), 'utf8'))
  if (leaf === undefined) return undefined
  const life = { startsAt: Date.parse(leaf.validFrom), expiresAt: Date.parse(leaf.validTo) }
  return attemptAt('demo', { site, ...life }, { now: Date.now(), renewDays: layout.acme.renewDays })
}

interface OwnRequest {
  at: number
  command: string
  site: unknown
  state?: string
  sentence?: string
}

/** By the journals, oldest first. */
async function ownRequests(): Promise<OwnRequest[]> {
  const folder = join(demo.stateDir, 'worker/journal')
  const found = readdirSync(folder).flatMap((request): OwnRequest[] => {
    if (!request.startsWith('r')) return []
    const lines = readFileSync(join(folder, request, 'entries.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
    const entries = lines.map((line) => entrySchema.parse(JSON.parse(line)))
    const asked = entries.find((entry) => entry.kind === 'message')
    const end = entries.find((entry) => entry.kind === 'end')
    const body = asked?.message.body
    if (asked === undefined || body?.kind !== 'plan' || body.person !== 'jailops') return []
    return [
      {
        at: asked.at,
        command: body.command,
        site: body.args['site'],
        ...(end !== undefined && { state: end.state, sentence: end.sentence ?? '' }),
      },
    ]
  })
  return found.toSorted((one, other) => one.at - other.at)
}

async function certificateSaid(): Promise<string | undefined> {
  const card = await demo.say('ana', `proxy show ${site}`)
  return card.fields.find(({ name }) => name === 'Certificate')?.value
}

const messagesSchema = z.object({ messages: z.array(z.looseObject({ id: z.string(), card: z.unknown().optional() })) })
const alertSchema = cardSchema.pick({ title: true, text: true, standing: true })

async function alerts(): Promise<z.infer<typeof alertSchema>[]> {
  const answer = await fetch(`${demo.web}/api/messages?person=ana`)
  const { messages } = messagesSchema.parse(await answer.json())
  return messages.filter(({ id }) => id.startsWith('a')).map(({ card }) => alertSchema.loose().parse(card))
}

function eventually<Value>(look: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> {
  return vi.waitFor(
    async () => {
      const value = await look()
      if (!isRight(value)) throw new Error(`not yet: ${JSON.stringify(value)}`)
      return value
    },
    { timeout: 60 * second, interval: 200 },
  )
}
