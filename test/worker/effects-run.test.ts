import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Probe, RunAction } from '../../src/core/step.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.end())

const run = (argv: string[], more: Partial<RunAction> = {}): RunAction => ({ kind: 'run', argv, timeoutSeconds: 20, ...more })
const path = (name: string, exists: boolean): Probe => ({ kind: 'path', path: bench.at(name), exists })
const revert = (step: ReturnType<typeof stepOf>) => bench.effects.revert(step, null, { groupFile: bench.groupFile })

describe('run', () => {
  test('does it, shows it, and takes it back, twice', async () => {
    const undo = [{ action: run(['rm', bench.at('x')]), unless: path('x', false) }]
    const step = stepOf(run(['touch', bench.at('x')]), { done: path('x', true), undo })
    expect(await bench.effects.check(step)).toBe('not')
    expect(await perform(bench, step)).toBe('{"held":false}')
    expect(await bench.effects.check(step)).toBe('done')
    await bench.effects.perform(step, { groupFile: bench.groupFile })
    await revert(step)
    await revert(step)
    expect(await bench.effects.check(step)).toBe('not')
    expect(existsSync(bench.groupFile)).toBe(false)
  })

  test('what held before it is not taken back', async () => {
    writeFileSync(bench.at('x'), '')
    const step = stepOf(run(['touch', bench.at('x')]), { done: path('x', true), undo: [{ action: run(['rm', bench.at('x')]) }] })
    const before = await perform(bench, step)
    await bench.effects.revert(step, before, { groupFile: bench.groupFile })
    expect(existsSync(bench.at('x'))).toBe(true)
  })

  test('a tool that fails is quoted: its last lines, without colours', async () => {
    bench.program('jail', 'for i in 1 2 3 4 5 6 7; do echo "line $i" >&2; done; printf "\\033[31mjail: no\\033[0m\\n" >&2; exit 1')
    const error = bench.effects.perform(stepOf(run(['jail', '-c', 'blog'])), { groupFile: bench.groupFile })
    await expect(error).rejects.toMatchObject({
      code: 'step_failed',
      message: 'jail failed with exit code 1: line 4\nline 5\nline 6\nline 7\njail: no',
    })
  })

  test('who holds what a tool could not move is named', async () => {
    bench.program('zfs', 'echo "cannot unmount \'/usr/jails/blog\': pool or dataset is busy" >&2; exit 1')
    bench.program('fstat', 'printf "USER     CMD          PID   FD MOUNT\\nroot     tcsh        1337   wd /usr/jails/blog\\n"')
    const action = run(['zfs', 'rename', 'a', 'b'], { blame: ['fstat', '-f', '/usr/jails/blog'] })
    await expect(perform(bench, stepOf(action))).rejects.toMatchObject({
      message: expect.stringMatching(/busy\nIn the way \(fstat -f \/usr\/jails\/blog\): root tcsh 1337\. End that, and ask again\./),
    })
    bench.program('fstat', 'exit 1')
    await expect(perform(bench, stepOf(action))).rejects.toMatchObject({ message: expect.stringMatching(/busy$/) })
  })

  test('what it replaces must be gone before it counts, and is waited for', async () => {
    bench.program('pgrep', `cat ${bench.at('workers')}`)
    bench.program('service', `(sleep 0.3; echo 12 13 > ${bench.at('workers')}) > /dev/null 2>&1 &`)
    writeFileSync(bench.at('workers'), '10\n11\n')
    await perform(bench, stepOf(run(['service', 'nginx', 'reload'], { replaces: ['pgrep', 'nginx'] })))
    expect(readFileSync(bench.at('workers'), 'utf8')).toBe('12 13\n')
    bench.program('service', `echo 13 14 > ${bench.at('workers')}`)
    const lying = stepOf(run(['service', 'nginx', 'reload'], { replaces: ['pgrep', 'nginx'], timeoutSeconds: 1 }))
    await expect(perform(bench, lying)).rejects.toMatchObject({ code: 'step_failed', message: expect.stringMatching(/still is: 13\.$/) })
  })

  test('a tool that lies is found out', async () => {
    bench.program('service', 'echo "nothing to do"; exit 0')
    const step = stepOf(run(['service', 'jail', 'start', 'blog'], { timeoutSeconds: 2 }), { done: path('x', true) })
    await expect(perform(bench, step)).rejects.toMatchObject({
      code: 'step_failed',
      message: expect.stringContaining('reported success, but'),
    })
  })

  test('an effect may need a moment', async () => {
    bench.program('service', '(sleep 0.2; touch "$bench/x") >/dev/null 2>&1 &')
    await perform(bench, stepOf(run(['service'], { timeoutSeconds: 20 }), { done: path('x', true) }))
  })

  test('what it prints is told where it is to be shown, also when it fails', async () => {
    bench.program('say', 'echo out; echo err >&2; exit "$1"')
    for (const code of ['0', '3']) {
      const heard: string[] = []
      const options = { groupFile: bench.groupFile, heard: (output: string) => void heard.push(output) }
      const work = bench.effects.perform(stepOf(run(['say', code], { shows: true })), options)
      await (code === '0' ? work : expect(work).rejects.toMatchObject({ code: 'step_failed', message: 'it failed with exit code 3.' }))
      expect(heard).toEqual(['out\nerr\n'])
      await bench.effects.perform(stepOf(run(['say', '0'])), options)
      expect(heard).toHaveLength(1)
    }
  })

  test('stdin, time limit, program not there, cancelled', async () => {
    await perform(bench, stepOf(run(['sh', '-c', `cat >${bench.at('x')}`], { stdin: 'text' })))
    expect(readFileSync(bench.at('x'), 'utf8')).toBe('text')
    await expect(perform(bench, stepOf(run(['sleep', '100'], { timeoutSeconds: 0.5 })))).rejects.toMatchObject({ code: 'timed_out' })
    await expect(perform(bench, stepOf(run(['no-such-program'])))).rejects.toMatchObject({ code: 'step_failed' })
    const signal = AbortSignal.timeout(100)
    const cancelled = bench.effects.perform(stepOf(run(['sleep', '100'], { timeoutSeconds: 100 })), { groupFile: bench.groupFile, signal })
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('without a probe nobody knows how far it came; with a journal-only one only that it began', async () => {
    expect(await bench.effects.check(stepOf(run(['true'])))).toBe('half')
    const step = stepOf(run(['mkdir', bench.at('tree')]), { done: { kind: 'journal-only', path: bench.at('tree') } })
    expect(await bench.effects.check(step)).toBe('not')
    await perform(bench, step)
    expect(await bench.effects.check(step)).toBe('half')
    rmSync(bench.at('tree'), { recursive: true })
    const liar = stepOf(run(['true'], { timeoutSeconds: 2 }), { done: { kind: 'journal-only', path: bench.at('tree') } })
    await expect(perform(bench, liar)).rejects.toMatchObject({ code: 'step_failed' })
  })
})

describe('undo by commands', () => {
  test('in order, each unless it is not needed', async () => {
    writeFileSync(bench.at('there'), '')
    bench.program('note', 'echo "$1" >>"$bench/log"')
    const undo = [
      { action: run(['note', 'one']) },
      { action: run(['note', 'two']), unless: path('there', true) },
      { action: run(['note', 'three']), unless: path('there', false) },
    ]
    await revert(stepOf(run(['true']), { undo }))
    expect(readFileSync(bench.at('log'), 'utf8')).toBe('one\nthree\n')
  })

  test('one that fails because it was done meanwhile is fine', async () => {
    bench.program('stop', 'rm -f "$bench/x"; echo "not running" >&2; exit 1')
    writeFileSync(bench.at('x'), '')
    await revert(stepOf(run(['true']), { undo: [{ action: run(['stop']), unless: path('x', false) }] }))
  })

  test('one that fails is undo_failed, with its words', async () => {
    bench.program('stop', 'echo "device busy" >&2; exit 1')
    writeFileSync(bench.at('x'), '')
    for (const unless of [undefined, path('x', false)]) {
      const step = stepOf(run(['true']), { undo: [{ action: run(['stop']), ...(unless && { unless }) }] })
      await expect(revert(step)).rejects.toMatchObject({ code: 'undo_failed', message: expect.stringContaining('device busy') })
    }
  })

  test('one that lies is found out by what the step had brought about', async () => {
    bench.program('stop', 'exit 0')
    writeFileSync(bench.at('x'), '')
    const step = stepOf(run(['touch', bench.at('x')]), {
      done: path('x', true),
      undo: [{ action: run(['stop'], { timeoutSeconds: 2 }), unless: path('x', false) }],
    })
    await expect(revert(step)).rejects.toMatchObject({ code: 'undo_failed', message: expect.stringContaining('still stands') })
  })
})

describe('await and require', () => {
  test('await waits, and gives up', async () => {
    setTimeout(() => writeFileSync(bench.at('x'), ''), 250)
    const step = stepOf({ kind: 'await', timeoutSeconds: 10 }, { done: path('x', true) })
    expect(await bench.effects.check(step)).toBe('not')
    await perform(bench, step)
    expect(await bench.effects.check(step)).toBe('done')
    const vain = stepOf({ kind: 'await', timeoutSeconds: 0.3 }, { done: path('y', true) })
    await expect(perform(bench, vain)).rejects.toMatchObject({ code: 'timed_out', message: expect.stringContaining(bench.at('y')) })
    await bench.effects.revert(vain, null, { groupFile: bench.groupFile })
  })

  test('require refuses in the words of the plan', async () => {
    const step = stepOf({ kind: 'require', otherwise: 'blog runs (again).' }, { done: path('x', true) })
    await expect(perform(bench, step)).rejects.toMatchObject({ code: 'step_failed', message: 'blog runs (again).' })
    writeFileSync(bench.at('x'), '')
    await perform(bench, step)
  })

  test('neither is a plan without its probe', async () => {
    await expect(perform(bench, stepOf({ kind: 'await', timeoutSeconds: 1 }))).rejects.toMatchObject({ code: 'internal' })
  })
})
