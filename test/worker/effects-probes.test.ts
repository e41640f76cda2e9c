import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Probe } from '../../src/core/step.ts'
import { type Bench, makeBench } from './effects-bench.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.end())

const holds = (probe: Probe) => bench.effects.holds(probe)
const command = (argv: string[], more: Partial<Extract<Probe, { kind: 'command' }>> = {}) => holds({ kind: 'command', argv, ...more })

const jls = (exitCode: number, ...jails: { name: string; state: string }[]) => {
  const answer = JSON.stringify({ __version: '2', 'jail-information': { jail: jails } })
  bench.program('jls', `[ "$*" = '-j blog --libxo json -v' ] || exit 64\ncat <<'END'\n${answer}\nEND\nexit ${exitCode}`)
}
const jailRunsOrNot = async () => [
  await holds({ kind: 'jail', name: 'blog', running: true }),
  await holds({ kind: 'jail', name: 'blog', running: false }),
]
const mounts = (...points: string[]) =>
  bench.program('mount', `printf '%s\\n' ${points.map((point) => `'/dev/x\t${point}\tufs\trw\t1 1'`).join(' ')}`)
const nothingMounted = () => holds({ kind: 'no-mounts', path: bench.at('jails', 'blog') })

describe('jail', () => {
  test('runs, does not, or is another', async () => {
    jls(0, { name: 'blog', state: 'ACTIVE' })
    expect(await jailRunsOrNot()).toEqual([true, false])
    jls(1)
    expect(await jailRunsOrNot()).toEqual([false, true])
    jls(0, { name: 'blog2', state: 'ACTIVE' })
    expect(await jailRunsOrNot()).toEqual([false, true])
    jls(0, { name: 'blog', state: 'DYING' })
    expect(await jailRunsOrNot()).toEqual([false, true])
  })

  test('no readable answer holds in neither direction', async () => {
    expect(await jailRunsOrNot()).toEqual([false, false])
    bench.program('jls', 'echo "jls: out of memory"; exit 1')
    expect(await jailRunsOrNot()).toEqual([false, false])
    jls(70)
    expect(await jailRunsOrNot()).toEqual([false, false])
  })
})

describe('command', () => {
  test('exit code, stdout, words', async () => {
    expect(await command(['true'])).toBe(true)
    expect(await command(['false'])).toBe(false)
    expect(await command(['false'], { exitCode: 1 })).toBe(true)
    expect(await command(['printf', ' \n'], { stdout: ' ' })).toBe(true)
    expect(await command(['printf', 'a\n\n'], { stdout: 'a' })).toBe(false)
    expect(await command(['echo', 'mail blog dns'], { word: 'blog' })).toBe(true)
    expect(await command(['echo', 'mail blog2 dns'], { word: 'blog' })).toBe(false)
    expect(await command(['echo', 'mail blog2 dns'], { noWord: 'blog' })).toBe(true)
    expect(await command(['echo', 'mail', 'blog'], { noWord: 'blog' })).toBe(false)
  })

  test('one that failed or is not there proves nothing', async () => {
    expect(await command(['false'], { noWord: 'blog' })).toBe(false)
    expect(await command(['sh', '-c', 'kill -9 $$'], { noWord: 'blog' })).toBe(false)
    expect(await command(['no-such-program'], { noWord: 'blog' })).toBe(false)
    expect(await command(['no-such-program'], { exitCode: 127 })).toBe(false)
  })
})

describe('no-mounts', () => {
  test('below, beside, above', async () => {
    mounts('/', bench.at('jails'), bench.at('jails', 'blog2', 'dev'))
    expect(await nothingMounted()).toBe(true)
    mounts('/', bench.at('jails', 'blog', 'dev'))
    expect(await nothingMounted()).toBe(false)
    bench.program('mount', 'exit 1')
    expect(await nothingMounted()).toBe(false)
  })

  test('below by its real name, where a folder above is a link', async () => {
    mkdirSync(bench.at('disk', 'jails'), { recursive: true })
    mkdirSync(bench.at('disk', 'jails', 'blog'))
    symlinkSync(bench.at('disk'), bench.at('home'))
    const probe: Probe = { kind: 'no-mounts', path: bench.at('home', 'jails', 'blog') }
    mounts(bench.at('disk', 'jails', 'blog', 'dev'))
    expect(await holds(probe)).toBe(false)
    mounts('/')
    expect(await holds(probe)).toBe(true)
  })
})

describe('the others', () => {
  test('path, free-space, journal-only', async () => {
    writeFileSync(bench.at('x'), '')
    expect(await holds({ kind: 'path', path: bench.at('x'), exists: true })).toBe(true)
    expect(await holds({ kind: 'path', path: bench.at('x'), exists: false })).toBe(false)
    expect(await holds({ kind: 'free-space', path: bench.at('none'), megabytes: 1 })).toBe(true)
    expect(await holds({ kind: 'free-space', path: bench.folder, megabytes: 1e12 })).toBe(false)
    expect(await holds({ kind: 'journal-only', path: bench.at('x') })).toBe(false)
  })

  test('http', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.headers.host === 'blog.example.com' ? 404 : 421)
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const ask = (hostHeader: string, notStatus?: number[]) =>
      holds({
        kind: 'http',
        address: '127.0.0.1',
        port,
        path: '/',
        hostHeader,
        statusFrom: 100,
        statusTo: 499,
        ...(notStatus && { notStatus }),
      })
    expect(await ask('blog.example.com', [421])).toBe(true)
    expect(await ask('other.example.com', [421])).toBe(false)
    expect(await ask('other.example.com')).toBe(true)
    server.close()
    await once(server, 'close')
    expect(await ask('blog.example.com')).toBe(false)
  })
})
