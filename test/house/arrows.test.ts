import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf, type Source, sourcesIn } from './sources.ts'

/** What each room may know, beside itself. An arrow that is not here does not exist. */
const rooms: Record<string, readonly string[]> = {
  core: [],
  config: ['core'],
  guard: ['core'],
  chat: ['core'],
  queue: ['core'],
  host: ['core', 'guard'],
  bot: ['core', 'chat', 'queue'],
  worker: ['core', 'guard', 'queue', 'host'],
  lab: ['core', 'guard'],
  cli: ['core', 'config', 'guard', 'chat', 'queue', 'host', 'bot', 'worker'],
}
/** The one door into the lab: nobody else may import it. */
const mayUseLab = /^src\/cli\/(demo|dev-ssh-hosts|worker-process)\.ts$/
/** `jailops dev …` starts the Slack, Discord and sshd of the tests: what developers try a bot with is no part of a release. */
const mayUseTestServers = /^src\/cli\/dev(-ssh-hosts)?\.ts$/
const testServers = /^test\/(chat-servers\/|support\/sshd\.ts)/
/** Built into Node, and doing nothing to the world. */
const pureBuiltins = new Set(['node:crypto', 'node:url'])

const sources = sourcesIn('src')

describe('arrows between rooms', () => {
  it('every room is on the map', () => {
    const found = new Set(sources.map(({ file }) => roomOf(file)))
    expect([...found].filter((room) => !(room in rooms))).toEqual([])
  })

  it('run down only', () => {
    const wrong = sources.flatMap((source) =>
      roomsUsed(source)
        .filter((room) => !mayUse(source.file, room))
        .map((room) => `${source.file} → ${room}`),
    )
    expect(wrong).toEqual([])
  })

  it('are without circles', () => {
    expect(Object.keys(rooms).filter((room) => reach(room).has(room))).toEqual([])
  })

  it.each([
    ['bot', 'host'],
    ['bot', 'worker'],
    ['worker', 'chat'],
    ['worker', 'bot'],
    ['host', 'queue'],
    ['host', 'lab'],
  ])('%s never reaches %s, not even through another room', (from, to) => {
    expect(reach(from).has(to)).toBe(false)
  })
})

describe('packages', () => {
  it('core imports zod, and what is pure in Node', () => {
    const used = sourcesIn('src/core').flatMap((source) => packagesOf(source).map((name) => [source.file, name]))
    expect(used.filter(([, name]) => name !== 'zod' && !pureBuiltins.has(name ?? ''))).toEqual([])
  })

  it('a command imports jailops and zod', () => {
    const used = sourcesIn('commands').flatMap((source) => importsOf(source).map((name) => `${source.file}: ${name}`))
    expect(used.filter((line) => !/: (jailops|zod)$/.test(line))).toEqual([])
  })

  it('builtin modules are called node:…', () => {
    const bare = [...sources, ...sourcesIn('test')].flatMap((source) => importsOf(source).filter((name) => builtinModules.includes(name)))
    expect(bare).toEqual([])
  })

  it('Redis is known in its own room only', () => {
    const outside = sources.filter((source) => packagesOf(source).some((name) => name === 'bullmq' || name === 'ioredis'))
    expect(outside.map(({ file }) => file).filter((file) => roomOf(file) !== 'queue')).toEqual([])
  })
})

function mayUse(file: string, room: string): boolean {
  const own = roomOf(file)
  if (own === room) return true
  if (testServers.test(room)) return mayUseTestServers.test(file)
  return room === 'lab' ? mayUseLab.test(file) : (rooms[own] ?? []).includes(room)
}

function roomsUsed(source: Source): string[] {
  return importsOf(source).flatMap((name) => {
    if (name.startsWith('#')) return [name.slice(1)]
    if (!name.startsWith('.')) return []
    const target = posix.join(posix.dirname(source.file), name)
    return [target.startsWith('src/') ? roomOf(target) : target]
  })
}

function packagesOf(source: Source): string[] {
  return importsOf(source).filter((name) => !name.startsWith('.') && !name.startsWith('#'))
}

function roomOf(file: string): string {
  return file.split('/')[1] ?? ''
}

/** All rooms that a room knows, directly or through others. */
function reach(room: string, seen = new Set<string>()): Set<string> {
  for (const next of rooms[room] ?? []) {
    if (seen.has(next)) continue
    seen.add(next)
    reach(next, seen)
  }
  return seen
}
