import { join } from 'node:path'
import { z } from 'zod'
import { createLog } from '../../src/cli/log.ts'
import { serveHost } from '../../src/cli/serve-host.ts'
import { alertThresholdsSchema } from '../../src/core/alert.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { loadKeys } from '../../src/queue/keys.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { loadTrusted } from '../../src/queue/trusted.ts'
import list from '../../commands/jail/list.ts'
import { readyUntil, settingsOf } from './child.ts'
import { simulatedHost } from './simulated-host.ts'

/* A process: one worker that serves many hosts, as worker-process.ts wires it, only that its hosts are simulated. */

const { folder, keys, socketPath, hosts, bot } = settingsOf(
  z.strictObject({ folder: z.string(), keys: z.string(), socketPath: z.string(), hosts: z.array(z.string()), bot: z.string() }),
)
const redis = connectRedis({ socketPath }, 'commands')
const serving = {
  templates: [],
  redis,
  address: { socketPath },
  prefix: 'jailops',
  commands: [list],
  keysOf: (host: string) => loadKeys(keys, host),
  trusted: await loadTrusted(keys),
  bot,
  log: createLog('worker'),
  version: '0.0.0',
  thresholds: alertThresholdsSchema.parse({}),
}
const services = await Promise.all(
  hosts.map(async (name, number) => {
    const state = join(folder, 'hosts', name)
    const host = { name, layout: layoutSchema.parse({}), permissions: ['*'], state, staging: '/staging' }
    const service = await serveHost({ ...host, shell: simulatedHost(number) }, serving)
    await service.open()
    return service
  }),
)
readyUntil(() => Promise.all(services.map((service) => service.stop())))
