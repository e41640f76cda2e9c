import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Action, Step } from '../../src/core/step.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.end())

const read = (name: string) => (existsSync(bench.at(name)) ? readFileSync(bench.at(name), 'utf8') : undefined)
const revert = (step: Step, before: string | null) => bench.effects.revert(step, before, { groupFile: bench.groupFile })
const write = (content: string, check?: string[]) =>
  stepOf({ kind: 'write', path: bench.at('blog.conf'), content, mode: 0o640, ...(check && { check }) })
const mapEntry = (key: string, value: string | null): Step => stepOf({ kind: 'map-entry', path: bench.at('hosts.map'), key, value })

/** Every action that keeps what was: captured, crashed, performed and reverted in every order that a crash can make of it. */
async function liveThrough(step: Step, state: () => unknown): Promise<void> {
  const { effects, groupFile } = bench
  const former = state()
  const before = await effects.capture(step)
  // a crash right after capture
  expect(await effects.check(step)).toBe('not')
  await revert(step, before)
  await revert(step, null)
  expect(state()).toEqual(former)
  await effects.perform(step, { groupFile })
  expect(await effects.check(step)).toBe('done')
  const reached = state()
  expect(reached).not.toEqual(former)
  // a crash before `done` was written, and a worker that begins again without looking
  if (step.action.kind !== 'move') await effects.perform(step, { groupFile })
  expect(state()).toEqual(reached)
  await revert(step, before)
  expect(state()).toEqual(former)
  await revert(step, before)
  expect(state()).toEqual(former)
  expect(await effects.check(step)).toBe('not')
}

const mapLines = () =>
  (read('hosts.map') ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).join(' '))
    .toSorted()

describe('a life of every file action', () => {
  test('write, where there was nothing', () => liveThrough(write('new\n'), () => read('blog.conf')))

  test('write, over an old one: its text and mode come back', async () => {
    writeFileSync(bench.at('blog.conf'), '# jailops made this file\nold', { mode: 0o600 })
    await liveThrough(write('new\n'), () => [read('blog.conf'), statSync(bench.at('blog.conf')).mode & 0o777])
  })

  test('write with a checker leaves nothing beside it', async () => {
    bench.program('jail', '[ "$1" = -f ] && [ "$2" = "$bench/blog.conf.new" ] && cat "$2" >"$bench/seen"')
    await liveThrough(write('new\n', ['jail', '-f', '{staged}', '-e', '{staged}x']), () => read('blog.conf'))
    expect(read('seen')).toBe('new\n')
    expect(readdirSync(bench.folder).filter((name) => name.includes('.conf'))).toEqual([])
  })

  test('remove', async () => {
    writeFileSync(bench.at('x'), 'old', { mode: 0o600 })
    await liveThrough(stepOf({ kind: 'remove', path: bench.at('x') }), () => read('x'))
    expect(statSync(bench.at('x')).mode & 0o777).toBe(0o600)
  })

  test('folder', () => liveThrough(stepOf({ kind: 'folder', path: bench.at('f'), mode: 0o750 }), () => existsSync(bench.at('f'))))

  test('remove-folder', async () => {
    mkdirSync(bench.at('f'))
    await liveThrough(stepOf({ kind: 'remove-folder', path: bench.at('f') }), () => existsSync(bench.at('f')))
  })

  test('move', async () => {
    mkdirSync(bench.at('from'))
    const state = () => readdirSync(bench.folder).toSorted()
    await liveThrough(stepOf({ kind: 'move', from: bench.at('from'), to: bench.at('to') }), state)
  })

  test('line', async () => {
    writeFileSync(bench.at('rctl.conf'), 'first\nlast\n', { mode: 0o600 })
    await liveThrough(stepOf({ kind: 'line', path: bench.at('rctl.conf'), line: 'jail:a:x', on: true }), () => read('rctl.conf'))
    await liveThrough(stepOf({ kind: 'line', path: bench.at('rctl.conf'), line: 'first', on: false }), () => read('rctl.conf'))
    await liveThrough(stepOf({ kind: 'line', path: bench.at('new.conf'), line: 'jail:a:x', on: true }), () => read('new.conf'))
    expect(existsSync(bench.at('new.conf'))).toBe(false)
  })

  const mapText = '# hosts\r\n  b.example  jail_b   \n\n\tc.example jail_c x\na.example jail_a'
  const cases: [string, string, string | null][] = [
    ['a new key', 'new.example', 'jail_new'],
    ['another value for the last, unfinished line', 'a.example', 'jail_new'],
    ['away with one in the middle', 'c.example', null],
  ]
  test.each(cases)('map-entry: %s', async (_, key, value) => {
    writeFileSync(bench.at('hosts.map'), `${mapText}\n`, { mode: 0o600 })
    await liveThrough(mapEntry(key, value), mapLines)
    expect(statSync(bench.at('hosts.map')).mode & 0o777).toBe(0o600)
  })
})

describe('write', () => {
  test('what its checker refuses never gets there, and the checker is quoted', async () => {
    writeFileSync(bench.at('blog.conf'), '# jailops old')
    bench.program('jail', 'echo "jail: $2: 3: syntax error" >&2; exit 1')
    const step = write('new\n', ['jail', '-f', '{staged}'])
    await expect(perform(bench, step)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`jail: ${bench.at('blog.conf')}: 3: syntax error`),
    })
    expect(read('blog.conf')).toBe('# jailops old')
    expect(existsSync(bench.at('blog.conf.new'))).toBe(false)
  })

  test('the draft of a worker that was killed while writing goes with the next try, and with taking it back', async () => {
    const step = write('new\n')
    const before = await bench.effects.capture(step)
    const draft = bench.at('.blog.conf.jailops-draft')

    writeFileSync(draft, 'ne')
    await bench.effects.perform(step, { groupFile: bench.groupFile })
    expect([existsSync(draft), read('blog.conf')]).toEqual([false, 'new\n'])

    writeFileSync(draft, 'ne')
    await revert(step, before)
    expect([existsSync(draft), existsSync(bench.at('blog.conf'))]).toEqual([false, false])
  })

  test('a file of the owner is never replaced: it is refused before the step counts as begun', async () => {
    writeFileSync(bench.at('blog.conf'), 'web1 { persist; }\nweb2 { persist; }\n')
    await expect(bench.effects.capture(write('new\n'))).rejects.toMatchObject({ code: 'not_ours' })
    expect(read('blog.conf')).toBe('web1 { persist; }\nweb2 { persist; }\n')
  })

  test('a staged copy that a crash left is ours; another is not', async () => {
    bench.program('jail', 'exit 0')
    const step = write('new\n', ['jail', '-f', '{staged}'])
    writeFileSync(bench.at('blog.conf.new'), 'new\n')
    await revert(step, await bench.effects.capture(step))
    expect(existsSync(bench.at('blog.conf.new'))).toBe(false)
    writeFileSync(bench.at('blog.conf.new'), 'of the owner')
    await expect(perform(bench, step)).rejects.toMatchObject({ code: 'step_failed', message: expect.stringContaining('in the way') })
    expect(read('blog.conf.new')).toBe('of the owner')
    expect(read('blog.conf')).toBeUndefined()
  })

  test("somebody else's change is not taken back", async () => {
    const step = write('new\n')
    const before = await perform(bench, step)
    writeFileSync(bench.at('blog.conf'), 'edited by hand')
    await expect(revert(step, before)).rejects.toMatchObject({ code: 'undo_failed' })
    expect(read('blog.conf')).toBe('edited by hand')
  })

  test('never over a folder or a link, never when the old bytes could not come back', async () => {
    mkdirSync(bench.at('blog.conf'))
    await expect(bench.effects.perform(write('new'), { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'step_failed' })
    symlinkSync('/etc/hosts', bench.at('link'))
    const link: Action = { kind: 'write', path: bench.at('link'), content: 'x', mode: 0o644 }
    await expect(bench.effects.perform(stepOf(link), { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'step_failed' })
    writeFileSync(bench.at('latin1'), Buffer.from([0x66, 0xfc, 0x72]))
    await expect(bench.effects.capture(stepOf({ kind: 'remove', path: bench.at('latin1') }))).rejects.toMatchObject({ code: 'step_failed' })
  })
})

describe('folders and moves', () => {
  test('a folder that stood before stays', async () => {
    mkdirSync(bench.at('f'))
    const step = stepOf({ kind: 'folder', path: bench.at('f'), mode: 0o750 })
    await revert(step, await perform(bench, step))
    expect(existsSync(bench.at('f'))).toBe(true)
  })

  test('a move whose ends are both there, or both gone, is half, and is left alone', async () => {
    const step = stepOf({ kind: 'move', from: bench.at('from'), to: bench.at('to') })
    expect(await bench.effects.check(step)).toBe('half')
    writeFileSync(bench.at('from'), 'from')
    writeFileSync(bench.at('to'), 'to')
    expect(await bench.effects.check(step)).toBe('half')
    await expect(perform(bench, step)).rejects.toMatchObject({ code: 'step_failed' })
    await revert(step, null)
    expect([read('from'), read('to')]).toEqual(['from', 'to'])
  })
})

describe('map-entry', () => {
  test('every other byte stays, duplicates become one', async () => {
    writeFileSync(bench.at('hosts.map'), '# a.example is old\r\na.example  jail_x\r\n b.example jail_b\r\na.example jail_y\n')
    await perform(bench, mapEntry('a.example', 'jail_new'))
    expect(read('hosts.map')).toBe('# a.example is old\r\na.example jail_new\r\n b.example jail_b\r\n')
    await perform(bench, mapEntry('a.example', null))
    expect(read('hosts.map')).toBe('# a.example is old\r\n b.example jail_b\r\n')
  })

  test('a missing file is an empty one, a missing last newline is set', async () => {
    await perform(bench, mapEntry('*.a.example', 'jail_a'))
    expect(read('hosts.map')).toBe('*.a.example jail_a\n')
    writeFileSync(bench.at('hosts.map'), 'b.example jail_b')
    await perform(bench, mapEntry('a.example', 'jail_a'))
    expect(read('hosts.map')).toBe('b.example jail_b\na.example jail_a\n')
  })

  test('only plain words are written', async () => {
    for (const [key, value] of [
      ['a b', 'x'],
      ['a\nb', 'x'],
      ['#a', 'x'],
      ['a', 'x y'],
      ['a', 'x\ny'],
      ['a', ''],
    ] as const) {
      await expect(perform(bench, mapEntry(key, value))).rejects.toMatchObject({ code: 'bad_argument' })
    }
    expect(read('hosts.map')).toBeUndefined()
  })

  test("somebody else's value is not taken back", async () => {
    const step = mapEntry('a.example', 'jail_a')
    const before = await perform(bench, step)
    writeFileSync(bench.at('hosts.map'), 'a.example jail_other\n')
    await expect(revert(step, before)).rejects.toMatchObject({ code: 'undo_failed' })
  })
})
