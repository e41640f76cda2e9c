import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { setTimeout as pause } from 'node:timers/promises'
import { startPrivateRedis } from '../../src/queue/private-redis.ts'
import { connectRedis, whenReady } from '../../src/queue/redis.ts'
import { makeConnection, makeFolder, makeRedis } from './setup.ts'
import { until } from '../support/until.ts'

describe('a private Redis', () => {
  test('has no port, a socket for its owner, and every acknowledged write after kill -9', async () => {
    const server = await makeRedis()
    const redis = await makeConnection(server.address)
    expect(await redis.config('GET', 'port')).toEqual(['port', '0'])
    expect(await redis.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always'])
    expect(await redis.config('GET', 'save')).toEqual(['save', ''])
    expect(statSync(server.address.socketPath).mode & 0o777).toBe(0o700)
    await redis.set('kept', 'yes')
    await server.restart()
    await whenReady(redis, 5000)
    expect(await redis.get('kept')).toBe('yes')
  })

  test('uses a short run folder when the path is too long for a socket, and is not started twice', async () => {
    const folder = join(makeFolder(), 'x'.repeat(60), 'y'.repeat(60))
    mkdirSync(folder, { recursive: true })
    const redis = await startPrivateRedis({ folder })
    expect(redis.socketPath.length).toBeLessThan(100)
    expect(statSync(dirname(redis.socketPath)).mode & 0o777).toBe(0o700)
    await expect(startPrivateRedis({ folder })).rejects.toMatchObject({ code: 'config_error' })
    await redis.stop()
    expect(existsSync(dirname(redis.socketPath))).toBe(false)
    expect(readFileSync(join(folder, 'redis.log'), 'utf8')).toContain('ready to accept connections')
  })

  test('says what to do when the program is missing, and its last words when it dies', async () => {
    await expect(startPrivateRedis({ folder: makeFolder(), redisServer: '/nonexistent/redis-server' })).rejects.toMatchObject({
      code: 'config_error',
    })
    const dies = startPrivateRedis({ folder: makeFolder(), maxMemory: 'lots' })
    await expect(dies).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('maxmemory') })
  })

  test('is on its guard while it lives', async () => {
    const said: string[] = []
    const guard = { add: (name: string, pid: number) => said.push(`+${name} ${pid}`), remove: (name: string) => said.push(`-${name}`) }
    const redis = await startPrivateRedis({ folder: makeFolder(), guard })
    process.kill(redis.pid, 'SIGKILL')
    expect(await redis.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(said).toEqual([`+redis-${redis.pid} ${redis.pid}`, `-redis-${redis.pid}`])
    await redis.stop()
  })

  test('stops also while it is stopped by a signal', async () => {
    const redis = await startPrivateRedis({ folder: makeFolder() })
    process.kill(redis.pid, 'SIGSTOP')
    await redis.stop()
    expect(() => process.kill(redis.pid, 0)).toThrow('ESRCH')
  })
})

describe('a connection', () => {
  test('fails fast while Redis is away, comes back by itself, and says so once', async () => {
    const server = await makeRedis()
    const problems: unknown[] = []
    const redis = connectRedis(server.address, 'commands', (error) => problems.push(error))
    await whenReady(redis, 5000)
    await server.kill()
    await until(() => redis.status !== 'ready')
    await expect(redis.ping()).rejects.toThrow()
    await pause(1500)
    expect(problems.length).toBeLessThanOrEqual(2)
    await server.start()
    await whenReady(redis, 3000)
    expect(await redis.ping()).toBe('PONG')
    redis.disconnect()
  })

  test('refuses an address that is none, without repeating it', () => {
    for (const address of ['http://x', 'redis://', 'redis://u:geheim@host:port', '']) {
      const connecting = () => connectRedis(address, 'commands')
      expect(connecting).toThrow('redis://HOST:PORT')
      expect(connecting).not.toThrow('geheim')
    }
  })
})
