import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { passwordKey, userValue } from '../../src/host/proxy/users.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { startHaproxy, type TestHaproxy } from '../host/proxy-socket-haproxy.ts'
import { type Bench, makeBench, stepOf } from './effects-bench.ts'

const host = 'blog.example.com'
const other = `${'0'.repeat(64)} ${host}/bo\n`
let bench: Bench
let haproxy: TestHaproxy
beforeEach(async () => {
  bench = makeBench()
  haproxy = await startHaproxy(other)
})
afterEach(async () => {
  await haproxy.stop()
  await bench.end()
})

const step = (on: boolean, more: { socket?: string; host?: string } = {}) =>
  stepOf({ kind: 'proxy-password', socket: haproxy.socket, path: haproxy.map, host, user: 'ana', on, ...more })
const revert = (of: ReturnType<typeof step>, before: string | null) => bench.effects.revert(of, before, { groupFile: bench.groupFile })
const live = (password: string, of = host) =>
  createHaproxySocket(bench.shell, haproxy.socket).mapValue(haproxy.map, passwordKey(of, 'ana', password))
const file = () => readFileSync(haproxy.map, 'utf8')

async function carryOut(of: ReturnType<typeof step>): Promise<{ before: string | null; said: string[] }> {
  const said: string[] = []
  const before = await bench.effects.capture(of)
  await bench.effects.perform(of, { groupFile: bench.groupFile, confide: (secret) => void said.push(secret) })
  return { before, said }
}

test('a new password is 24 random characters, of which only the sha256 is kept; the one before counts no more', async () => {
  const first = await carryOut(step(true))
  const second = await carryOut(step(true))
  const [old = '', now = ''] = [...first.said, ...second.said]
  expect(now).toMatch(/^[a-km-np-zA-HJ-NP-Z2-9]{24}$/)
  expect(old).not.toBe(now)
  expect(await live(old)).toBeUndefined()
  expect(await live(now)).toBe(`${host}/ana`)
  expect(file()).toBe(`${other}${passwordKey(host, 'ana', now)} ${host}/ana\n`)
  expect(`${second.before}${file()}`).not.toContain(now)
  await revert(step(true), second.before)
  expect([await live(old), await live(now)]).toEqual([`${host}/ana`, undefined])
  await revert(step(true), first.before)
  await revert(step(true), first.before)
  expect(await live(old)).toBeUndefined()
  expect(file()).toBe(other)
})

test('taken away, the user cannot come in; taken back, with the same password', async () => {
  const { said } = await carryOut(step(true))
  const [password = ''] = said
  const away = await carryOut(step(false))
  expect(away.said).toEqual([])
  expect(await live(password)).toBeUndefined()
  expect(await bench.effects.check(step(false))).toBe('done')
  await revert(step(false), away.before)
  expect(await live(password)).toBe(`${host}/ana`)
})

test('cut off between the two, a removal is seen as half done: the file still names what is to go', async () => {
  const { said } = await carryOut(step(true))
  await createHaproxySocket(bench.shell, haproxy.socket).deleteMapEntry(haproxy.map, passwordKey(host, 'ana', said[0] ?? ''))
  expect(await bench.effects.check(step(false))).toBe('half')
  await carryOut(step(false))
  expect(file()).toBe(other)
})

test('without a running HAProxy it is the file that changes', async () => {
  const stopped = { socket: `${haproxy.socket}.gone` }
  const { said, before } = await carryOut(step(true, stopped))
  expect(file()).toContain(passwordKey(host, 'ana', said[0] ?? ''))
  await revert(step(true, stopped), before)
  expect(file()).toBe(other)
})

test('of a wildcard too', async () => {
  const { said } = await carryOut(step(true, { host: '*.example.com' }))
  expect(await live(said[0] ?? '', '*.example.com')).toBe(userValue('*.example.com', 'ana'))
})

test('where nobody could be shown it, nothing changes; nor where a name could mean something else', async () => {
  await expect(bench.effects.perform(step(true), { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'definition_mismatch' })
  await expect(carryOut(step(true, { host: 'a;disable server jail_blog/s' }))).rejects.toMatchObject({ code: 'bad_argument' })
  expect(file()).toBe(other)
})

test('a line of somebody else is never touched', async () => {
  writeFileSync(haproxy.map, `# theirs\n${other}`)
  const { before } = await carryOut(step(true))
  await revert(step(true), before)
  expect(file()).toBe(`# theirs\n${other}`)
})
