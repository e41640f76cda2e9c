import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Bench } from './shell-conformance.ts'
import { isRunning } from './shell-processes.ts'

export function groupConformance(bench: () => Bench): void {
  const groupFile = () => join(bench().folder, 'group')

  /** A worker of its own that runs this script; killed like by `kill -9` once the script has said that it runs. */
  const crashWorker = async (script: string): Promise<number[]> => {
    const { kind, where, folder } = bench()
    const mark = join(folder, 'mark')
    const worker = spawn(
      process.execPath,
      [join(import.meta.dirname, 'shell-crash.ts'), kind, where, folder, groupFile(), 'sh', '-c', script, 'sh', mark],
      { stdio: 'ignore' },
    )
    await vi.waitFor(() => expect(readFileSync(mark, 'utf8')).toContain('ready'))
    await killHard(worker)
    return readFileSync(mark, 'utf8')
      .split('\n')
      .filter((line) => /^\d+$/.test(line))
      .map(Number)
  }
  const endless = 'sleep 300 & echo $! >"$1"; echo $$ >>"$1"; echo ready >>"$1"; sleep 301'

  describe('the group file', () => {
    test('holds the process group while the command runs and is gone afterwards', async () => {
      const { shell } = bench()
      const { stdout } = await shell.run({
        argv: ['sh', '-c', 'cat "$1"; ps -o pgid= -p $$', 'sh', groupFile()],
        groupFile: groupFile(),
        timeoutSeconds: 5,
      })
      const [recorded, own] = stdout.trim().split(/\s+/)
      expect(recorded).toBe(own)
      expect(existsSync(groupFile())).toBe(false)
    })

    test('is gone after a time limit too', async () => {
      const result = await bench().shell.run({ argv: ['sleep', '300'], groupFile: groupFile(), timeoutSeconds: 1 })
      expect(result).toMatchObject({ timedOut: true, exitCode: undefined, stdout: '', stderr: '' })
      expect(existsSync(groupFile())).toBe(false)
    })

    test('endGroup before the wrapper: the command never starts', async () => {
      const { shell, folder } = bench()
      expect(await shell.endGroup(groupFile(), 0)).toBe('never-started')
      const { exitCode } = await shell.run({ argv: ['touch', join(folder, 'ran')], groupFile: groupFile(), timeoutSeconds: 5 })
      expect(exitCode).toBe(125)
      expect(existsSync(join(folder, 'ran'))).toBe(false)
      expect(await shell.endGroup(groupFile(), 0)).toBe('never-started')
    })

    test('either endGroup or the wrapper wins, never both', async () => {
      const { shell, folder } = bench()
      const outcomes = new Set<string>()
      for (let turn = 0; turn < 20; turn += 1) {
        const file = join(folder, `group-${turn}`)
        const ran = join(folder, `ran-${turn}`)
        const running = shell.run({ argv: ['sh', '-c', 'echo >"$1"; sleep 5', 'sh', ran], groupFile: file, timeoutSeconds: 10 })
        await new Promise((resolve) => setTimeout(resolve, turn / 2))
        const outcome = await shell.endGroup(file, 0)
        const { exitCode } = await running
        outcomes.add(outcome)
        if (outcome === 'never-started') expect({ exitCode, ran: existsSync(ran) }).toEqual({ exitCode: 125, ran: false })
        else expect(exitCode).toBeUndefined()
      }
      expect([...outcomes].every((outcome) => ['never-started', 'was-ended'].includes(outcome))).toBe(true)
    })

    test('a command outlives its worker, and another worker ends all of it', async () => {
      const pids = await crashWorker(endless)
      expect(pids.filter(isRunning)).toHaveLength(2)
      expect(await bench().shell.endGroup(groupFile(), 0.2)).toBe('was-ended')
      expect(pids.filter(isRunning)).toEqual([])
      expect(await bench().shell.endGroup(groupFile(), 0)).toBe('ended-by-itself')
    })

    test('one that does not listen to TERM is killed', async () => {
      const pids = await crashWorker(`trap "" TERM; ${endless}`)
      expect(await bench().shell.endGroup(groupFile(), 0)).toBe('was-ended')
      expect(pids.filter(isRunning)).toEqual([])
    })

    test('one that ends in time is left to end by itself', async () => {
      await crashWorker('echo ready >"$1"; sleep 1.5; echo finished >>"$1"')
      expect(await bench().shell.endGroup(groupFile(), 10)).toBe('ended-by-itself')
      expect(readFileSync(join(bench().folder, 'mark'), 'utf8')).toContain('finished')
    })

    test('members are found when their leader is gone', async () => {
      const pids = await crashWorker('sleep 300 & echo $! >"$1"; echo $$ >>"$1"; echo ready >>"$1"; sleep 1; exit 0')
      await vi.waitFor(() => expect(isRunning(pids[1] ?? 0)).toBe(false))
      expect(isRunning(pids[0] ?? 0)).toBe(true)
      expect(await bench().shell.endGroup(groupFile(), 0)).toBe('was-ended')
      expect(pids.filter(isRunning)).toEqual([])
    })

    test('a number that was given out again is not ours to end', async () => {
      const stranger = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' })
      writeFileSync(groupFile(), `${stranger.pid}\n`)
      const longAgo = Date.now() / 1000 - 3600
      utimesSync(groupFile(), longAgo, longAgo)
      expect(await bench().shell.endGroup(groupFile(), 0)).toBe('ended-by-itself')
      expect(isRunning(stranger.pid ?? 0)).toBe(true)
      await killHard(stranger)
    })

    test('an empty file is taken over, and its late wrapper does not start', async () => {
      writeFileSync(groupFile(), '')
      expect(await bench().shell.endGroup(groupFile(), 0)).toBe('never-started')
      const { exitCode } = await bench().shell.run({ argv: ['true'], groupFile: groupFile(), timeoutSeconds: 5 })
      expect(exitCode).toBe(125)
    })

    test('a file that holds something else is for a person to look at', async () => {
      writeFileSync(groupFile(), 'what?\n')
      await expect(bench().shell.endGroup(groupFile(), 0)).rejects.toMatchObject({ code: 'state_unknown' })
    })
  })
}

async function killHard(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL')
  await once(worker, 'exit')
}
