import { describe, expect, it, test } from 'vitest'
import httpsRenew from '../../commands/proxy/https/renew.ts'
import { definitionHash } from '../../src/core/command.ts'
import { type HostMessage, hostMessageSchema } from '../../src/core/message.ts'
import { requestId } from '../../src/core/names.ts'
import { type Certificate, noProxy } from '../../src/core/proxy.ts'
import { guardMessage } from '../../src/worker/guard.ts'
import { attemptAt, createRenewing } from '../../src/worker/renewing.ts'
import { routeTo } from '../commands/say.ts'
import { testFacts } from '../host/facts-helper.ts'
import { temporaryFolder, temporaryJournals } from './worker-bench.ts'

const day = 24 * 3600_000
const certificate: Certificate = {
  site: 'blog.example.com',
  names: ['blog.example.com'],
  path: '/certs/blog.example.com.pem',
  issuer: 'CA',
  isRenewed: true,
  startsAt: 0,
  expiresAt: 90 * day,
}

/** A host with these certificates, on that day; what it asked of itself so far is remembered. */
function host(certificates: Certificate[], asked: HostMessage[] = []) {
  const roundOn = (at: number) =>
    createRenewing({
      host: 'web1',
      now: () => at * day,
      renewDays: 30,
      commands: [httpsRenew],
      journals: { exists: async (request) => asked.some((message) => message.request === request) },
      observe: async () => testFacts({ proxy: { ...noProxy, routes: [routeTo('blog')], certificates } }),
      begin: async (message) => void asked.push(hostMessageSchema.parse(message)),
      alarm: (what) => {
        throw new Error(what)
      },
    }).round()
  return { asked, roundOn }
}

describe('a certificate that we got', () => {
  it('is renewed a month before its end, by a request of the host itself that its own guard lets pass', async () => {
    const { asked, roundOn } = host([certificate])

    await roundOn(59)
    expect(asked).toEqual([])
    await roundOn(61.01)

    expect(asked).toMatchObject([
      { body: { command: 'proxy https renew', args: { site: 'blog.example.com' }, person: 'jailops', execute: true } },
    ])
    const [message] = asked
    expect(requestId.safeParse(message?.request).success).toBe(true)
    expect(message?.body).toMatchObject({ definition: definitionHash(httpsRenew) })
    const guard = { commands: [httpsRenew], permissions: ['proxy.*'], now: () => 61.01 * day }
    expect(() => message !== undefined && guardMessage(guard, message)).not.toThrow()
  })

  it('is tried once a day, whoever lives', async () => {
    const { asked, roundOn } = host([certificate])

    for (const at of [61.01, 61.02, 61.05]) await roundOn(at)
    expect(asked.length).toBe(1)
    await roundOn(62.02)

    expect(asked.length).toBe(2)
    expect(new Set(asked.map(({ request }) => request)).size).toBe(2)
  })

  it.each<[string, Partial<Certificate>]>([
    ['was uploaded', { isRenewed: false }],
    ['is of a name that is not routed here', { site: 'gone.example.com' }],
  ])('is left alone where it %s', async (_, more) => {
    const { asked, roundOn } = host([{ ...certificate, ...more }])
    await roundOn(89)
    expect(asked).toEqual([])
  })
})

test('of a short life the last third is used, and it is tried more often', () => {
  const short = { site: 'blog.example.com', startsAt: 0, expiresAt: 6 * day }
  const tries = [3.9, 4.3, 4.5, 5.9].map((at) => attemptAt('web1', short, { now: at * day, renewDays: 30 }))
  expect(tries[0]).toBeUndefined()
  expect(tries[1]).toBeGreaterThanOrEqual(0)
  expect(tries[2]).toBe(Number(tries[1]) + 1)
  expect(tries[3]).toBeGreaterThan(7)
})

test('many are spread over a day', () => {
  const hours = new Set(Array.from({ length: 200 }, (_, index) => firstHour(`s${index}.example.com`)))
  expect(hours.has(undefined)).toBe(false)
  expect(hours.size).toBeGreaterThan(15)
})

test('a renewal that failed is said, once', async () => {
  const { asked, roundOn } = host([certificate])
  await roundOn(61.01)
  const journals = await temporaryJournals(temporaryFolder(), () => 1000)
  const journal = await journals.open(asked[0]?.request ?? '')
  for (const message of asked) await journal.append({ kind: 'message', hash: '', message })
  await journal.append({ kind: 'end', state: 'undone', sentence: 'CA says no.' })

  const [now, nextDay] = [said(2000), said(day)]
  now.renewing.ended(journal)
  nextDay.renewing.ended(journal)

  expect(now.alarms).toMatchObject([{ site: 'blog.example.com', state: 'undone', sentence: 'CA says no.' }])
  expect(nextDay.alarms).toEqual([])
  expect([now, nextDay].map(({ renewing }) => renewing.problem('blog.example.com'))).toEqual(['CA says no.', undefined])
})

test('why it failed is forgotten once it was renewed, whoever asked for that', async () => {
  const { asked, roundOn } = host([certificate])
  await roundOn(61.01)
  const journals = await temporaryJournals(temporaryFolder(), () => 1000)
  const { renewing } = said(2000)
  for (const [request, person, state] of [
    ['r000000000000001', 'jailops', 'undone'],
    ['r000000000000002', 'ana', 'done'],
  ] as const) {
    const journal = await journals.open(request)
    for (const message of asked) {
      const { body } = message
      if (body.kind === 'plan') await journal.append({ kind: 'message', hash: '', message: { ...message, body: { ...body, person } } })
    }
    await journal.append({ kind: 'end', state, ...(state === 'undone' && { sentence: 'CA says no.' }) })
    renewing.ended(journal)
    expect(renewing.problem('blog.example.com')).toBe(state === 'undone' ? 'CA says no.' : undefined)
  }
})

/** A worker that hears of its end at that time. */
function said(at: number) {
  const alarms: Record<string, unknown>[] = []
  const quiet = { exists: async () => false }
  const deps = {
    host: 'web1',
    renewDays: 30,
    commands: [],
    journals: quiet,
    observe: async () => testFacts(),
    begin: async () => undefined,
  }
  return { alarms, renewing: createRenewing({ ...deps, now: () => at, alarm: (_, details) => alarms.push(details) }) }
}

/** Of the day from which it may be renewed: the hour in which it first is. */
function firstHour(site: string): number | undefined {
  const hours = Array.from({ length: 48 }, (_, index) => index)
  const of = { site, startsAt: 0, expiresAt: 90 * day }
  return hours.find((hour) => attemptAt('web1', of, { now: 60 * day + hour * 3600_000, renewDays: 30 }) !== undefined)
}
