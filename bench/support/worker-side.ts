import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { layoutSchema } from '../../src/core/layout.ts'
import type { BotMessage } from '../../src/core/message.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { askLooks } from '../../src/host/facts/looks.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { createSigner, createVerifier } from '../../src/queue/envelope.ts'
import { loadKeys } from '../../src/queue/keys.ts'
import { botQueue, hostQueue } from '../../src/queue/queue-names.ts'
import { openReceiver } from '../../src/queue/receiver.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { openSender } from '../../src/queue/sender.ts'
import { loadTrusted } from '../../src/queue/trusted.ts'
import { createAnswers } from '../../src/worker/answers.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { type Journal, openJournalFolder } from '../../src/worker/journal.ts'
import { createResourceLocks } from '../../src/worker/locks.ts'
import { createPlanner } from '../../src/worker/planner.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { createWorker } from '../../src/worker/worker.ts'
import { touch } from './touch.ts'
import { readyUntil, settingsOf } from './child.ts'
import { moment } from './moment.ts'
import { createLogMemory } from '../../src/worker/log-memory.ts'
import { createHaproxyReloads } from '../../src/worker/reload-haproxy.ts'

/* A process: the real worker as worker-process.ts wires it. Says { request, at } when a request's first intent is on disk. */

const settings = settingsOf(
  z.strictObject({ folder: z.string(), keys: z.string(), socketPath: z.string(), host: z.string(), bot: z.string() }),
)
const { host, socketPath } = settings
const state = join(settings.folder, 'worker')
const root = join(settings.folder, 'host')
await mkdir(root, { recursive: true })
await mkdir(state, { recursive: true })
const layout = layoutSchema.parse({ confineTo: root })
const shell = createLocalShell({ programFolders: layout.programFolders, jailRoots: root, confineTo: root })
const hands = { shell, now: Date.now, sleep: (milliseconds: number) => delay(milliseconds) }
const reloads = createHaproxyReloads({
  ...hands,
  file: join(state, 'haproxy-reload.json'),
  folder: state,
  log: createLogMemory(() => Promise.resolve([])),
  say: () => undefined,
})
const signer = createSigner({ name: host, key: (await loadKeys(settings.keys, host)).privateKey })
const verifier = createVerifier({ trusted: await loadTrusted(settings.keys), from: (_typ, signedBy) => signedBy === settings.bot })
const redis = connectRedis({ socketPath }, 'commands')
const sender = openSender({ connection: redis, queue: botQueue })
const send = async (message: BotMessage) => sender.send(message.id, await signer.botMessage(message))
const folder = await openJournalFolder(join(state, 'journal'), Date.now)
const seen = new WeakMap<Journal, Journal>()
const worker = createWorker({
  now: Date.now,
  commands: [touch],
  permissions: ['*'],
  journals: { ...folder, open: async (request) => watched(await folder.open(request)) },
  answers: createAnswers({ host, now: Date.now, send }),
  locks: createResourceLocks(),
  planner: createPlanner({
    host,
    layout,
    commands: [touch],
    now: Date.now,
    observe: (wanted, reserved) => observe({ shell, layout }, wanted, reserved),
    look: (looks) => askLooks(shell, looks),
    drivers: createDrivers,
  }),
  effects: createEffects({ ...hands, reloads, stagingFolder: root }),
  endGroup: (groupFile, seconds) => shell.endGroup(groupFile, seconds),
  gate: createProxyGate(),
  settle: () => shell.run({ argv: ['sync'], timeoutSeconds: 120 }).then(() => undefined),
  verify: (token) => verifier.hostMessage(token, { host }),
  changed: () => undefined,
  ended: () => undefined,
  alarm: (what, details) => void process.stderr.write(`${what}: ${JSON.stringify(details)}\n`),
})
const receiver = openReceiver({ address: { socketPath }, queue: hostQueue(host), handle: (id, token) => worker.receive(id, token) })
await receiver.ready()
readyUntil(async () => {
  await receiver.close()
  await worker.stop()
  shell.stop()
})

/** The same journal, told of its intents. */
function watched(journal: Journal): Journal {
  const known = seen.get(journal)
  if (known !== undefined) return known
  const watching: Journal = {
    ...journal,
    async append(entry) {
      const number = await journal.append(entry)
      if (entry.kind === 'intent') process.send?.({ request: journal.request, at: moment() })
      return number
    },
  }
  seen.set(journal, watching)
  return watching
}
