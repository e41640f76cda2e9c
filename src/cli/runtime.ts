import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Config, configSchema } from '../config/schema.ts'
import { JailopsError } from '../core/errors.ts'
import { defaultPrefix } from '../queue/queue-names.ts'
import type { RedisAddress } from '../queue/redis.ts'
import { configOf } from './config-check.ts'

/** What a bot or worker process runs with, wherever it came from. */
export interface Runtime {
  config: Config
  address: RedisAddress
  prefix: string
  /** Folder of keys. */
  keys: string
  /** The demo: shell users may say who they are. */
  demoPeople: boolean
}

/** What the demo hands its two children, by a file that the environment names. */
export const demoFileSchema = z.strictObject({ config: z.unknown(), socketPath: z.string(), keys: z.string() })
export const demoFileVariable = 'JAILOPS_INTERNAL_DEMO'

/** @throws config_error */
export function runtimeOf(side: 'bot' | 'worker', options: { config?: string }): Runtime {
  const demoFile = process.env[demoFileVariable]
  if (demoFile !== undefined) {
    const demo = demoFileSchema.parse(JSON.parse(readFileSync(demoFile, 'utf8')))
    return {
      config: configSchema.parse(demo.config),
      address: { socketPath: demo.socketPath },
      prefix: defaultPrefix,
      keys: join(demo.keys, side),
      demoPeople: true,
    }
  }
  const config = configOf(options)
  const { url, prefix } = config.redis
  if (url === undefined)
    throw new JailopsError(
      'config_error',
      'Say in jailops.yaml which Redis bot and hosts share, for example redis: { url: redis://127.0.0.1:6379 }',
    )
  if (config.keys === undefined)
    throw new JailopsError('config_error', 'Say in jailops.yaml where keys are kept, for example keys: /usr/local/etc/jailops/keys')
  return { config, address: url.startsWith('/') ? { socketPath: url } : url, prefix, keys: config.keys, demoPeople: false }
}
