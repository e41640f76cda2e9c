import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../src/core/canonical.ts'
import type { Step } from '../../src/core/step.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

/* A file of somebody else's, checked by the real HAProxy with ours beside it. */

const theirs =
  '# ours\r\nglobal\r\n  maxconn 10\r\ndefaults\r\n  mode http\r\nfrontend web\r\n  bind 127.0.0.1:9\r\n  default_backend a\r\nbackend a\r\n'
const at = theirs.indexOf('  default_backend')

let bench: Bench
beforeEach(() => {
  bench = makeBench()
  mkdirSync(bench.at('haproxy.d'))
  writeFileSync(bench.at('theirs.conf'), theirs, { mode: 0o640 })
  symlinkSync(bench.at('theirs.conf'), bench.at('haproxy.d', '05-theirs.cfg'))
  writeFileSync(bench.at('haproxy.d', '10-front.cfg'), 'defaults jail\n  mode http\nbackend none from jail\n')
})
afterEach(() => bench.end())

function splice(insert: string, remove = ''): Step {
  return stepOf({
    kind: 'haproxy-splice',
    folder: bench.at('haproxy.d'),
    name: '05-theirs.cfg',
    path: bench.at('theirs.conf'),
    before: sha256(theirs),
    after: sha256(theirs.slice(0, at) + insert + theirs.slice(at + remove.length)),
    cuts: [{ at, remove, insert }],
  })
}

const file = () => readFileSync(bench.at('theirs.conf'), 'utf8')
const revert = (step: Step, before: string | null) => bench.effects.revert(step, before, { groupFile: bench.groupFile })
const inserted = '  use_backend none if { path /x }\r\n'

test('there and back, each twice: the bytes, the mode, the owner and the link stay', async () => {
  if (process.getuid?.() === 0) chownSync(bench.at('theirs.conf'), 4321, 4321)
  const { mode, uid, gid } = statSync(bench.at('theirs.conf'))
  const step = splice(inserted)
  const before = await bench.effects.capture(step)
  expect(await bench.effects.check(step)).toBe('not')
  for (let turn = 0; turn < 2; turn += 1) await bench.effects.perform(step, { groupFile: bench.groupFile })
  expect(file()).toBe(theirs.slice(0, at) + inserted + theirs.slice(at))
  expect(await bench.effects.check(step)).toBe('done')
  expect(statSync(bench.at('theirs.conf'))).toMatchObject({ mode, uid, gid })
  for (let turn = 0; turn < 2; turn += 1) await revert(step, before)
  expect(file()).toBe(theirs)
  expect(statSync(bench.at('theirs.conf'))).toMatchObject({ mode, uid, gid })
  expect(lstatSync(bench.at('haproxy.d', '05-theirs.cfg')).isSymbolicLink()).toBe(true)
  expect(readlinkSync(bench.at('haproxy.d', '05-theirs.cfg'))).toBe(bench.at('theirs.conf'))
  expect(readdirSync(bench.at('staging'))).toEqual([])
})

test('taken back before it was done it leaves the file alone', async () => {
  const step = splice(inserted)
  const before = await bench.effects.capture(step)
  await revert(step, before)
  expect(file()).toBe(theirs)
})

test.each([
  ['does not pass', '  nonsense word\r\n', "unknown keyword 'nonsense'"],
  ['needs what no file has', '  use_backend nowhere\r\n', 'nowhere'],
])('what %s is refused before it counts as begun', async (_what, bad, words) => {
  await expect(bench.effects.capture(splice(bad))).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining(words),
  })
  expect(file()).toBe(theirs)
  expect(readdirSync(bench.at('staging'))).toEqual([])
})

test('a file that was changed since it was read is left alone', async () => {
  writeFileSync(bench.at('theirs.conf'), `${theirs}# more\n`)
  await expect(bench.effects.capture(splice(inserted))).rejects.toMatchObject({
    code: 'step_failed',
    message: expect.stringContaining('Ask again'),
  })
  expect(file()).toBe(`${theirs}# more\n`)
})

test('what somebody else wrote since is not taken back over', async () => {
  const step = splice(inserted)
  const before = await perform(bench, step)
  writeFileSync(bench.at('theirs.conf'), `${file()}# more\n`)
  await expect(revert(step, before)).rejects.toMatchObject({ code: 'undo_failed' })
  expect(file()).toContain('# more')
})

test('a text that is not UTF-8 could not be put back, so nothing is changed', async () => {
  writeFileSync(bench.at('theirs.conf'), Buffer.concat([Buffer.from('# caf'), Buffer.from([0xe9]), Buffer.from(`\n${theirs}`)]))
  await expect(bench.effects.capture(splice(inserted))).rejects.toMatchObject({
    code: 'step_failed',
    message: expect.stringContaining('UTF-8'),
  })
})
