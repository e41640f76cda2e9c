import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAll } from '../../src/cli/keys.ts'
import { startPrivateRedis, type PrivateRedis } from '../../src/queue/private-redis.ts'

/** Everything that ours and bare share: one folder and in it one private Redis as the demo has it, and keys of a bot and a host. */
export interface Place {
  folder: string
  redis: PrivateRedis
  /** Holds `bot` and `worker`. */
  keys: string
  state: string
  stop(): Promise<void>
}

export const names = { bot: 'bot', host: 'bench' } as const

export async function makePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-bench-'))
  const keys = join(folder, 'keys')
  await createAll({ folder: keys, ...names })
  const redis = await startPrivateRedis({ folder: join(folder, 'redis') })
  return {
    folder,
    redis,
    keys,
    state: join(folder, 'state'),
    async stop() {
      await redis.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
