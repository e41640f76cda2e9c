import { expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import type { FactName, HostStatus, ObservedFacts } from '../../src/core/host.ts'
import type { TrashEntry } from '../../src/core/jail.ts'
import { type BotMessage, botMessageSchema } from '../../src/core/message.ts'
import { createInventoryTeller } from '../../src/worker/inventory.ts'
import { testFacts, testParts } from '../host/facts-helper.ts'
import { until } from '../support/until.ts'

const status: HostStatus = { version: '15.1-RELEASE', uptime: '3 days', load: 0.52, securelevel: '1', freeMegabytes: 900, jailsRunning: 2 }
const trashed: Omit<TrashEntry, 'request'> = {
  name: 'old',
  manager: 'jail.conf',
  address: '10.0.0.9',
  startsAtBoot: false,
  wasRunning: false,
  sites: [],
  parts: testParts('old'),
  limits: [],
  destroyedAt: 1,
}

/** One sign of life of a host that answers so. */
async function told(observe: (wanted: readonly FactName[]) => Promise<ObservedFacts>): Promise<BotMessage[]> {
  const sent: BotMessage[] = []
  const teller = createInventoryTeller({
    host: 'web2',
    now: () => 5000,
    send: async (message) => void sent.push(botMessageSchema.parse(message)),
    withdraw: async () => undefined,
    toldBefore: 0,
    keepTold: async () => undefined,
    observe,
    version: '0.1.0',
    reachedBy: 'ssh',
  })
  teller.start()
  await teller.stop()
  return sent
}

const seen = (host?: HostStatus): ObservedFacts =>
  testFacts({
    trash: [
      { ...trashed, request: 'ra' },
      { ...trashed, request: 'rb' },
    ],
    ...(host && { host }),
  })

it('tells what the host has and how it is', async () => {
  const sent = await told(async () => seen(status))
  expect(sent).toMatchObject([
    { id: 'host-inventory-web2-5000', host: 'web2', body: { inventory: { jails: [], trash: ['old'], routes: [] } } },
  ])
  expect(sent[0]?.body).toHaveProperty('inventory.heartbeat', {
    version: '0.1.0',
    system: 'FreeBSD 15.1-RELEASE',
    uptime: '3 days',
    load: 0.52,
    freeMegabytes: 900,
    jailsRunning: 2,
    reachedBy: 'ssh',
  })
})

it.each([
  ['cannot say how it is', () => Promise.reject(new JailopsError('host_not_ready', 'freebsd-version failed'))],
  [
    'does not say its load',
    async () => seen({ version: '15.1-RELEASE', uptime: '?', securelevel: '1', freeMegabytes: 900, jailsRunning: 2 }),
  ],
])('of a host that %s it tells what it has', async (_, withStatus) => {
  const sent = await told((wanted) => (wanted.includes('host') ? withStatus() : Promise.resolve(seen())))
  expect(sent).toMatchObject([{ body: { inventory: { trash: ['old'] } } }])
  expect(sent[0]?.body).not.toHaveProperty('inventory.heartbeat')
})

it('tells nothing of a host that cannot be reached, and is not asked twice', async () => {
  let asked = 0
  const sent = await told(() => {
    asked += 1
    return Promise.reject(new JailopsError('connection_lost', 'ssh ended'))
  })
  await until(() => asked > 0)
  expect([sent, asked]).toEqual([[], 1])
})

it('tells that it is alive where it cannot say what it has, and why', async () => {
  const sent = await told(() => Promise.reject(new JailopsError('host_not_ready', `jls failed${'!'.repeat(1000)}`)))
  expect(sent.map(({ body }) => body)).toEqual([{ kind: 'alive', problem: expect.stringMatching(/^jls failed!{490}$/) }])
})

it('says a later moment each time, whatever is done to the clock, and lets only the newest wait', async () => {
  const log: string[] = []
  const moments = [4900, 5000, 4000, 4000, 9000]
  const teller = createInventoryTeller({
    host: 'web2',
    now: () => moments.shift() ?? 0,
    send: async ({ id }) => void log.push(`send ${id}`),
    withdraw: async (id) => void log.push(`withdraw ${id}`),
    toldBefore: 0,
    keepTold: async () => undefined,
    observe: async () => seen(),
    version: '0.1.0',
    reachedBy: 'ssh',
  })
  for (let times = 0; times < 4; times++) {
    teller.tell()
    await teller.stop()
  }
  expect(log).toEqual([
    'send host-inventory-web2-5000',
    'withdraw host-inventory-web2-5000',
    'send host-inventory-web2-5001',
    'withdraw host-inventory-web2-5001',
    'send host-inventory-web2-5002',
    'withdraw host-inventory-web2-5002',
    'send host-inventory-web2-9000',
  ])
})

it.each([
  ['goes on behind what an earlier life told, though the clock was set back', 3_600_000, 3_600_001],
  ['does not believe in a clock that was a month ahead', 30 * 24 * 3_600_000, 5000],
])('%s', async (_, toldBefore, at) => {
  const kept: number[] = []
  const sent: BotMessage[] = []
  const teller = createInventoryTeller({
    host: 'web2',
    now: () => 5000,
    send: async (message) => void sent.push(message),
    withdraw: () => Promise.reject(new Error('there is nothing to take back')),
    toldBefore,
    keepTold: async (moment) => void kept.push(moment),
    observe: async () => seen(),
    version: '0.1.0',
    reachedBy: 'ssh',
  })
  teller.tell()
  await teller.stop()
  expect([kept, sent.map(({ issuedAt }) => issuedAt)]).toEqual([[at], [at]])
})
