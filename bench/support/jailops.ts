import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { z } from 'zod'
import type { Chats } from './chats.ts'
import { names, type Place } from './place.ts'
import { buildRelease } from './release.ts'

const leanSchema = z.object({ flags: z.array(z.string()), environment: z.record(z.string(), z.string()) })
/** What the launcher starts it with. */
export const lean = z.object({ LEAN: leanSchema }).parse(createRequire(import.meta.url)('../../bin/environment.cjs')).LEAN

/** The real `jailops bot` or `jailops worker` of a release, as the launcher starts it. */
export interface Process {
  pid: number
  stop(): Promise<void>
}

type Platform = 'slack' | 'discord'

/** Resolves when it is ready: the bot hears the platforms given, the worker its queue. */
export async function startJailops(which: 'bot' | 'worker', place: Place, chats: Chats, platforms: readonly Platform[]): Promise<Process> {
  const folder = join(place.folder, which)
  mkdirSync(join(folder, 'commands'), { recursive: true })
  writeFileSync(join(folder, 'commands', 'touch.mjs'), touchFile)
  const config = join(folder, 'jailops.yaml')
  writeFileSync(config, JSON.stringify(configOf(which, folder, place, chats, platforms)), { mode: 0o600 })
  const log = openSync(join(folder, 'log'), 'a')
  const release = join(place.folder, 'release')
  if (!existsSync(release)) buildRelease(release)
  const child = fork(join(release, 'src/cli/main.js'), [which, '--config', config], {
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: lean.flags,
    env: { ...process.env, ...lean.environment, NODE_COMPILE_CACHE: join(place.folder, 'compile-cache') },
  })
  const ended = once(child, 'exit')
  const said: unknown[] = await Promise.race([once(child, 'message'), ended])
  if (typeof said[0] !== 'object' || said[0] === null) throw new Error(`jailops ${which} did not start; see ${folder}/log`)
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** YAML reads JSON. */
function configOf(which: 'bot' | 'worker', folder: string, { redis, keys }: Place, chats: Chats, platforms: readonly Platform[]): object {
  const { slack, discord, person } = chats
  const bot = {
    shell: { enabled: false },
    ...(platforms.includes('slack') && { slack: { botToken: slack.tokens.bot, appToken: slack.tokens.app, apiUrl: slack.apiUrl } }),
    ...(platforms.includes('discord') && { discord: { token: discord.token, guild: discord.guildId, apiUrl: discord.apiUrl } }),
  }
  const root = join(folder, 'host')
  return {
    redis: { url: redis.socketPath },
    state: folder,
    keys: join(keys, which),
    commands: [join(folder, 'commands')],
    hosts: { [names.host]: {} },
    ...(which === 'bot' ? { bot } : { host: { name: names.host, layout: { confineTo: root, jailRoots: root } } }),
    policy: { roles: { all: { permissions: ['*'], members: [`slack:user:${person.slack}`, `discord:user:${person.discord}`] } } },
  }
}

/** As support/touch.ts, but as people write their own: outside the tree. */
const touchFile = `
import { z } from 'zod'
import { defineCommand, plan } from 'jailops'
export default defineCommand({
  path: 'bench touch', summary: 'Take one cheap step', permission: 'bench.touch', risk: 'change', needs: [],
  args: z.object({ thing: z.string() }),
  plan: ({ args: { thing } }) => plan(
    [{ title: 'Look at /', action: { kind: 'require', otherwise: 'There is no /.' }, done: { kind: 'path', path: '/', exists: true } }],
    { resources: ['thing:' + thing] },
  ),
})
`
