import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { usersIn } from '../../src/host/proxy/nginx/users.ts'
import { type Bench, makeBench, stepOf } from './effects-bench.ts'

const bo = 'bo:{SSHA}AAAA\n'
let bench: Bench
let path: string
beforeEach(() => {
  bench = makeBench()
  path = bench.at('users/blog.example.com')
  mkdirSync(dirname(path))
  writeFileSync(path, bo)
})
afterEach(() => bench.end())

const step = (on: boolean, user = 'ana') => stepOf({ kind: 'nginx-password', path, host: 'blog.example.com', user, on })
const file = () => readFileSync(path, 'utf8')
const revert = (of: ReturnType<typeof step>, before: string | null) => bench.effects.revert(of, before, { groupFile: bench.groupFile })

async function carryOut(of: ReturnType<typeof step>): Promise<{ before: string | null; said: string[] }> {
  const said: string[] = []
  const before = await bench.effects.capture(of)
  await bench.effects.perform(of, { groupFile: bench.groupFile, confide: (secret) => void said.push(secret) })
  return { before, said }
}

function opens(hash: string, password: string): boolean {
  const bytes = Buffer.from(hash.replace('{SSHA}', ''), 'base64')
  const digest = createHash('sha1').update(password).update(bytes.subarray(20)).digest()
  return digest.equals(bytes.subarray(0, 20))
}

test('a new password is kept as a salted hash alone; taken back the former counts, and the file is as it was', async () => {
  const first = await carryOut(step(true))
  const hashOfFirst = usersIn(file()).get('ana') ?? ''
  const second = await carryOut(step(true))
  const [old = '', now = ''] = [...first.said, ...second.said]
  const hash = usersIn(file()).get('ana') ?? ''

  expect(now).toMatch(/^[a-km-np-zA-HJ-NP-Z2-9]{24}$/)
  expect([opens(hash, now), opens(hash, old), opens(hashOfFirst, old)]).toEqual([true, false, true])
  expect(`${first.before}${second.before}${file()}`).not.toContain(now)
  await revert(step(true), second.before)
  expect(usersIn(file()).get('ana')).toBe(hashOfFirst)
  for (let time = 0; time < 2; time++) await revert(step(true), first.before)
  expect(file()).toBe(bo)
})

test('begun and cut off it is never taken for done: nobody has seen that password', async () => {
  await carryOut(step(true))
  expect(await bench.effects.check(step(true))).toBe('half')
})

test('taken away, the last one takes the file along; taken back, the same password opens', async () => {
  expect(await bench.effects.check(step(false, 'bo'))).toBe('half')
  const away = await carryOut(step(false, 'bo'))
  expect([existsSync(path), away.said]).toEqual([false, []])
  expect(await bench.effects.check(step(false, 'bo'))).toBe('done')
  await revert(step(false, 'bo'), away.before)
  expect(file()).toBe(bo)
})

test('without a place where it may be shown there is none', async () => {
  await expect(bench.effects.perform(step(true), { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'definition_mismatch' })
  expect(file()).toBe(bo)
})

test('a name that would be read as something else never gets there', async () => {
  await expect(carryOut(step(true, 'ana:x\nroot'))).rejects.toThrow()
  expect(file()).toBe(bo)
})
