import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { startGuard } from '../../src/guard/guard.ts'
import { createSigner, createVerifier } from '../../src/queue/envelope.ts'
import { createKeys } from '../../src/queue/keys.ts'
import { createSeal } from '../../src/queue/seal.ts'
import { startPrivateRedis, type PrivateRedis, type PrivateRedisOptions } from '../../src/queue/private-redis.ts'
import { connectRedis, whenReady } from '../../src/queue/redis.ts'

/** A folder of the test's own. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jq-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A Redis of the test's own, which ends with it, also when the test's process is killed. */
export async function makeRedis(options: Partial<PrivateRedisOptions> = {}) {
  const folder = options.folder ?? makeFolder()
  const guard = startGuard(join(folder, 'guard'))
  const start = () => startPrivateRedis({ ...options, folder, guard })
  let server = await start()
  onTestFinished(async () => {
    await server.stop()
    await guard.stop()
  })
  return {
    folder,
    address: { socketPath: server.socketPath },
    signal: (signal: NodeJS.Signals) => process.kill(server.pid, signal),
    /** kill -9, then the same folder again. */
    restart: async () => {
      process.kill(server.pid, 'SIGKILL')
      await server.exited
      server = await start()
    },
    kill: async () => {
      process.kill(server.pid, 'SIGKILL')
      await server.exited
    },
    start: async () => {
      server = await start()
    },
  } satisfies Record<string, unknown> & { address: Pick<PrivateRedis, 'socketPath'> }
}

export async function makeConnection(address: { socketPath: string }): Promise<Redis> {
  const redis = connectRedis(address, 'commands')
  onTestFinished(() => redis.disconnect())
  await whenReady(redis, 5000)
  return redis
}

/** The bot and one host, who know each other's keys. */
export async function makePeople() {
  const folder = makeFolder()
  const [bot, web1, stranger] = await Promise.all(['bot', 'web1', 'stranger'].map((name) => createKeys(folder, name)))
  if (!bot || !web1 || !stranger) throw new Error('no keys')
  const trusted = new Map([bot, web1].map(({ name, key }) => [name, key]))
  return {
    bot: createSigner({ name: 'bot', key: bot.privateKey }),
    web1: createSigner({ name: 'web1', key: web1.privateKey }),
    stranger: createSigner({ name: 'stranger', key: stranger.privateKey }),
    /** A stranger who calls himself bot. */
    impostor: createSigner({ name: 'bot', key: stranger.privateKey }),
    seal: createSeal(bot.privateKey),
    strangersSeal: createSeal(stranger.privateKey),
    verifier: createVerifier({ trusted, from: (typ, name) => (typ === 'jailops-bot' ? name !== 'bot' : name === 'bot') }),
  }
}
