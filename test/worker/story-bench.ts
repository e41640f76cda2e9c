import { z } from 'zod'
import { sha256 } from '../../src/core/canonical.ts'
import { type Command, defineCommand, definitionHash } from '../../src/core/command.ts'
import { JailopsError } from '../../src/core/errors.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { type BotMessage, type HostMessage, hostMessageSchema, messageId, type ToHost } from '../../src/core/message.ts'
import { nothingToDo, plan } from '../../src/core/plan.ts'
import type { PastChange } from '../../src/core/proxy.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { createAnswers } from '../../src/worker/answers.ts'
import { createResourceLocks } from '../../src/worker/locks.ts'
import { createPlanner } from '../../src/worker/planner.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { createSiteHistory } from '../../src/worker/site-history.ts'
import { createWorker, type Worker } from '../../src/worker/worker.ts'
import { testFacts } from '../host/facts-helper.ts'
import { type Life, lifeOf, makeModelHost, type ModelHost, modelEffects, stepNamed, temporaryJournals } from './worker-bench.ts'

/** Makes folders on the model host; chooses an address that nobody else has. */
export const make: Command = defineCommand({
  path: 'thing make',
  summary: 'Make a thing',
  permission: 'thing.make',
  risk: 'change',
  needs: [],
  args: z.object({ name: z.string(), steps: z.int().default(2), site: z.string().optional() }),
  plan({ args: { name, steps, site }, facts }) {
    if (facts.freeMegabytes === 0) throw new JailopsError('host_not_ready', 'There is no space.')
    if (steps === 0) return nothingToDo(`${name} is there already.`)
    const address = [1, 2, 3].map((number) => `address:${number}`).find((word) => !facts.reservedByOthers.includes(word)) ?? ''
    const titles = Array.from({ length: steps }, (_, index) => `${name}-${index + 1}-v${facts.freeMegabytes}`)
    return plan(titles.map(stepNamed), {
      resources: [`thing:${name}`],
      reserves: [address],
      outcome: [{ name: 'Address', value: address }],
      ...(site !== undefined && { sites: [{ before: null, after: { host: site, targets: [], settings: {} } }] }),
    })
  },
})
const look: Command = defineCommand({
  path: 'thing look',
  summary: 'Look at things',
  permission: 'thing.look',
  risk: 'read',
  needs: [],
  args: z.object({}),
  query: ({ facts }) => ({ title: `${facts.freeMegabytes} MB are free` }),
})

export interface World {
  folder: string
  host: ModelHost
  /** What the bot's queue holds; the same id counts once. */
  said: Map<string, BotMessage>
  alarms: string[]
  time: { now: number }
  /** What a plan rests on: another number, another plan. */
  megabytes: { free: number }
  /** How often the host was looked at. */
  observed: { times: number; person?: string | undefined }
  permissions: string[]
  /** Performing a step waits for this. */
  gate: { open: Promise<unknown> }
}

export function makeWorld(folder: string): World {
  return {
    folder,
    host: makeModelHost(),
    said: new Map(),
    alarms: [],
    time: { now: 1000 },
    megabytes: { free: 1 },
    observed: { times: 0 },
    permissions: ['thing.*'],
    gate: { open: Promise.resolve() },
  }
}

export interface Living {
  worker: Worker
  /** Resolves when no answer is on its way. */
  idle(): Promise<void>
  siteChanges(): PastChange[]
  receive(message: HostMessage, token?: string): Promise<void>
}

/** One life of a worker in this world. `connection`: where what it does on the host can be cut off. */
export async function startWorker(world: World, life: Life = lifeOf(Number.POSITIVE_INFINITY), connection: Life = life): Promise<Living> {
  const now = () => world.time.now
  const journals = await temporaryJournals(world.folder, now)
  const mortal = {
    ...journals,
    open: async (request: string) => {
      const journal = await journals.open(request)
      return {
        ...journal,
        append: async (entry: Parameters<typeof journal.append>[0]) => {
          life.moment(`before ${entry.kind}`)
          const number = await journal.append(entry)
          life.moment(`after ${entry.kind}`)
          return number
        },
      }
    },
  }
  const send = async (message: BotMessage) => {
    life.moment(`before send ${message.body.kind}`)
    if (!world.said.has(message.id)) world.said.set(message.id, message)
    life.moment(`after send ${message.body.kind}`)
  }
  const effects = modelEffects(world.host, connection, world.gate)
  const answers = createAnswers({ host: 'web1', now, send })
  const history = createSiteHistory()
  const worker = createWorker({
    now,
    commands: [make, look],
    permissions: world.permissions,
    journals: mortal,
    answers,
    locks: createResourceLocks(),
    planner: createPlanner({
      host: 'web1',
      layout: layoutSchema.parse({}),
      commands: [make, look],
      now,
      observe: async (_, { others, here, person }) => {
        world.observed.person = person
        world.observed.times++
        if (connection !== life) connection.moment('observe')
        return observed(world.megabytes.free, others, here)
      },
      look: () => Promise.reject(new Error('nothing more is asked here')),
      drivers: createDrivers,
    }),
    effects,
    endGroup: async () => undefined,
    gate: createProxyGate(),
    verify: async (token) => hostMessageSchema.parse(JSON.parse(token)),
    settle: async () => life.moment('settle'),
    changed: () => undefined,
    ended: (journal) => history.note(journal),
    alarm: (what) => void (life.isOver || world.alarms.push(what)),
  })
  return {
    worker,
    idle: () => answers.idle(),
    siteChanges: () => history.changes(),
    receive: (message, token = JSON.stringify(message)) => worker.receive(message.id, token),
  }
}

export function messageTo(request: string, number: number, body: ToHost, expiresAt = 61_000): HostMessage {
  return { id: messageId(request, body.kind, number), request, host: 'web1', issuedAt: 1000, expiresAt, body }
}

export function planBody(more: Partial<Extract<ToHost, { kind: 'plan' }>> = {}): ToHost {
  return {
    kind: 'plan',
    granted: [],
    command: 'thing make',
    args: { name: 'blog', steps: 2 },
    definition: definitionHash(make),
    person: 'ana',
    execute: true,
    dryRun: false,
    reserveUntil: 601_000,
    ...more,
  }
}

export const queryBody: Extract<ToHost, { kind: 'query' }> = {
  kind: 'query',
  command: 'thing look',
  args: {},
  definition: definitionHash(look),
  person: 'ana',
}

export function applyBody(digest: string): ToHost {
  return { kind: 'apply', digest, votes: [] }
}

/** The bodies of one kind that the bot was told about a request, in order. */
export function told<Kind extends BotMessage['body']['kind']>(
  { said }: World,
  request: string,
  kind: Kind,
): Extract<BotMessage['body'], { kind: Kind }>[] {
  const isKind = (body: BotMessage['body']): body is Extract<BotMessage['body'], { kind: Kind }> => body.kind === kind
  return [...said.values()]
    .filter((message) => message.request === request)
    .toSorted((a, b) => a.number - b.number)
    .map(({ body }) => body)
    .filter(isKind)
}

/** A digest that no plan has. */
export const otherDigest = sha256('another plan')

function observed(freeMegabytes: number, reservedByOthers: string[], reservedHere: string[]): ObservedFacts {
  return testFacts({ freeMegabytes, reservedByOthers, reservedHere })
}
