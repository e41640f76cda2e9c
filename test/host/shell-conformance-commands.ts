import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import type { Bench } from './shell-conformance.ts'
import { isRunning } from './shell-processes.ts'

const sh = (script: string, ...words: string[]) => ['sh', '-c', script, 'sh', ...words]

export function commandConformance(bench: () => Bench): void {
  const run = async (argv: string[], more: { stdin?: string; timeoutSeconds?: number; signal?: AbortSignal; groupFile?: string } = {}) =>
    bench().shell.run({ argv, timeoutSeconds: 20, ...more })

  const recorded = () => ({ groupFile: `${bench().folder}/recorded` })
  const ways: [string, () => { groupFile?: string }][] = [
    ['of a probe', () => ({})],
    ['of a change', recorded],
  ]

  describe('argv', () => {
    const words = [
      '',
      ' ',
      'a b',
      "it's",
      '"',
      '$(touch /tmp/x)',
      '`id`',
      ';',
      '&&',
      '|',
      '\\',
      '-n',
      '--',
      '*',
      '~',
      '$HOME',
      'a\nb',
      '\t',
      'ü 日本 🙂',
      '%s',
    ]

    test('arrive as they are', async () => {
      const { stdout, exitCode } = await run(['printf', '[%s]', ...words])
      expect(stdout).toBe(words.map((word) => `[${word}]`).join(''))
      expect(exitCode).toBe(0)
    })

    test('arrive as they are through the group file wrapper', async () => {
      const { stdout } = await run(['printf', '[%s]', ...words], { groupFile: `${bench().folder}/group $(x) ';` })
      expect(stdout).toBe(words.map((word) => `[${word}]`).join(''))
    })

    test('a NUL is refused before anything starts', async () => {
      await expect(run(['echo', 'a\0b'])).rejects.toMatchObject({ code: 'step_failed' })
    })
  })

  describe('endings', () => {
    test('exit codes come back', async () => {
      expect(await run(sh('exit 3'))).toMatchObject({ exitCode: 3, timedOut: false, truncated: false })
    })

    test('a signal leaves no exit code', async () => {
      const { exitCode, timedOut, stderr } = await run(sh('kill -9 $$'))
      expect({ exitCode, timedOut, stderr }).toEqual({ exitCode: undefined, timedOut: false, stderr: '' })
    })

    test('a program that is not there could not be started, and the sentence says where it was looked for', async () => {
      await expect(run(['no-such-program'])).rejects.toMatchObject({ code: 'step_failed', message: expect.stringContaining('/usr/bin') })
    })

    test('names with a slash that is not the first are no programs', async () => {
      await expect(run(['./sh'])).rejects.toMatchObject({ code: 'step_failed' })
    })

    test('the time limit ends the whole group', async () => {
      const mark = `${bench().folder}/pids`
      const result = await run(sh('trap "" TERM; sleep 300 & echo $! >"$1"; (trap "" TERM; sleep 301) & echo $! >>"$1"; sleep 302', mark), {
        timeoutSeconds: 2,
      })
      expect(result).toMatchObject({ timedOut: true })
      const pids = readFileSync(mark, 'utf8').trim().split('\n').map(Number)
      expect(pids).toHaveLength(2)
      expect(pids.filter(isRunning)).toEqual([])
    })

    test('an abort ends the whole group', async () => {
      const mark = `${bench().folder}/pids`
      const controller = new AbortController()
      const running = run(sh('sleep 300 & echo $! >"$1"; sleep 300', mark), { signal: controller.signal })
      await vi.waitFor(() => expect(readFileSync(mark, 'utf8')).toContain('\n'))
      controller.abort()
      const result = await running
      expect(result).toMatchObject({ exitCode: undefined, timedOut: false })
      expect(isRunning(Number(readFileSync(mark, 'utf8')))).toBe(false)
    })

    test('what was aborted before does not start', async () => {
      const mark = `${bench().folder}/mark`
      expect(await run(['touch', mark], { signal: AbortSignal.abort() })).toMatchObject({ exitCode: undefined })
      expect(await bench().shell.stat(mark)).toBeUndefined()
    })

    test('a daemon that keeps the output open does not keep the command from having ended, and lives on', async () => {
      const begin = Date.now()
      const { exitCode, stdout } = await run(sh('sleep 20 & echo $!'))
      expect(exitCode).toBe(0)
      expect(Date.now() - begin).toBeLessThan(10_000)
      expect(isRunning(Number(stdout))).toBe(true)
      process.kill(Number(stdout))
    })

    test('stop() ends what has no group file', async () => {
      const shell = await bench().make({})
      const running = shell.run({ argv: ['sleep', '300'], timeoutSeconds: 300 })
      await sleep(200)
      await shell.stop()
      expect(await running).toMatchObject({ exitCode: undefined })
    })
  })

  describe('input, output, surroundings', () => {
    test('stdin is the given text, or nothing', async () => {
      expect(await run(['cat'], { stdin: 'ü\nno newline' })).toMatchObject({ stdout: 'ü\nno newline' })
      expect(await run(['cat'])).toMatchObject({ stdout: '', exitCode: 0 })
    })

    test('a command that does not read its stdin is no failure', async () => {
      expect(await run(['true'], { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 0 })
    })

    test.each(ways)('of ten megabytes the beginning and the end are kept, %s', async (_, more) => {
      const script = 'echo first; head -c 10000000 /dev/zero | tr "\\0" x; echo last; echo oops >&2'
      const { stdout, stderr, truncated } = await run(sh(script), more())
      expect(truncated).toBe(true)
      expect(stdout.length).toBeLessThan(140_000)
      expect(stdout.startsWith('first\nxxx')).toBe(true)
      expect(stdout.endsWith('xxxlast\n')).toBe(true)
      expect(stdout).toContain(`[${10_000_011 - 131_072} bytes are not kept]`)
      expect(stderr).toBe('oops\n')
    })

    test.each(ways)('what fits is kept to the byte, %s', async (_, more) => {
      const { stdout, truncated } = await run(sh('head -c 131072 /dev/zero | tr "\\0" x'), more())
      expect({ length: stdout.length, truncated }).toEqual({ length: 131_072, truncated: false })
    })

    test.each(ways)('zero bytes come back as they are, %s', async (_, more) => {
      const { stdout } = await run(sh(String.raw`printf 'a\0b\0\0c\n\0'`), more())
      expect(stdout).toBe('a\0b\0\0c\n\0')
    })

    test.each(ways)('what comes in many small parts is kept in order, %s', async (_, more) => {
      const { stdout } = await run(sh('i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i + 1)); done; printf end'), more())
      expect(stdout).toBe(`${Array.from({ length: 2000 }, (_line, index) => index).join('\n')}\nend`)
    })

    test('what a change leaves behind has nobody any more to print to, and does not keep it from having ended', async () => {
      const mark = `${bench().folder}/pid`
      const began = Date.now()
      const result = await run(sh('while :; do echo x; sleep 0.1; done & echo $! >"$1"; echo done', mark), recorded())
      expect([result.exitCode, result.stdout.replaceAll('x\n', '')]).toEqual([0, 'done\n'])
      expect(Date.now() - began).toBeLessThan(10_000)
      const left = Number(readFileSync(mark, 'utf8'))
      await vi.waitFor(() => expect(isRunning(left)).toBe(false))
    })

    test('what a change makes gets the usual rights, whatever our own umask is', async () => {
      const before = process.umask(0o077)
      try {
        const { stdout } = await run(sh('umask; echo >"$1"', `${bench().folder}/made`), recorded())
        expect(stdout.trim()).toMatch(/^0*22$/)
      } finally {
        process.umask(before)
      }
      expect(statSync(`${bench().folder}/made`).mode & 0o777).toBe(0o644)
    })

    test('nothing of our own environment gets through', async () => {
      process.env['JAILOPS_SECRET'] = 'secret'
      const { stdout } = await run(['env'])
      delete process.env['JAILOPS_SECRET']
      const names = stdout.split('\n').map((line) => line.split('=')[0])
      expect(names.filter((name) => name !== '' && name !== 'PWD').toSorted()).toEqual([
        'HOME',
        'LANG',
        'LC_ALL',
        'NO_COLOR',
        'PATH',
        'TERM',
      ])
      expect(stdout).toContain('PATH=/bin:/usr/bin\n')
      expect(await run(['pwd'])).toMatchObject({ stdout: '/\n' })
    })

    test('a confined shell starts nothing from outside its program folders', async () => {
      const { folder } = bench()
      writeFileSync(`${folder}/hello`, '#!/bin/sh\necho hello\n')
      chmodSync(`${folder}/hello`, 0o755)
      const confined = await bench().make({ confineTo: folder, programFolders: [folder] })
      expect(await confined.run({ argv: ['hello'], timeoutSeconds: 5 })).toMatchObject({ stdout: 'hello\n' })
      expect(await confined.run({ argv: [`${folder}/hello`], timeoutSeconds: 5 })).toMatchObject({ stdout: 'hello\n' })
      for (const program of ['/bin/echo', 'echo', `${folder}/../../bin/echo`]) {
        await expect(confined.run({ argv: [program], timeoutSeconds: 5 })).rejects.toMatchObject({ code: 'step_failed' })
      }
    })
  })
}
