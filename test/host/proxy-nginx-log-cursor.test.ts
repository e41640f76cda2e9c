import { expect, test } from 'vitest'
import { layoutSchema } from '../../src/core/layout.ts'
import { createLogCursor } from '../../src/host/proxy/nginx/log-cursor.ts'
import { formerRequestLog, requestLog } from '../../src/host/proxy/nginx/places.ts'
import type { ShellResult } from '../../src/host/shell.ts'

const layout = layoutSchema.parse({ proxy: 'nginx' })
const [log, former] = [requestLog(layout), formerRequestLog(layout)]
const ended: ShellResult = { exitCode: 0, stdout: '', stderr: '', timedOut: false, truncated: false }

/** As cp(1), tail(1) and truncate(1) do it with two files in memory. */
function files(texts: Map<string, string>, copies: boolean) {
  return {
    stat: async (path: string) => {
      const text = texts.get(path)
      return text === undefined ? undefined : { kind: 'file' as const, mode: 0o600, size: text.length, modifiedAt: 0 }
    },
    readFile: async (path: string) => texts.get(path),
    run: async ({ argv: [program, , first = '', second = ''] }: { argv: readonly string[] }): Promise<ShellResult> => {
      if (program === 'cp' && !copies) return { ...ended, exitCode: 1, stderr: 'cp: Permission denied' }
      if (program === 'cp') texts.set(second, texts.get(first) ?? '')
      if (program === 'truncate') texts.set(second, '')
      return program === 'tail' ? { ...ended, stdout: (texts.get(second) ?? '').slice(Number(first.slice(1)) - 1) } : ended
    },
  }
}

test.each([true, false])('a log that grew too long is counted once, and emptied, whether or not it could be copied: %s', async (copies) => {
  const old = 'of before\n'.repeat(300_000)
  const texts = new Map([
    [log, 'first\n'],
    [former, old],
  ])
  const cursor = createLogCursor(files(texts, copies), layout)
  await cursor.next()
  texts.set(log, `first\n${'second\n'.repeat(400_000)}`)

  const { text } = await cursor.next()

  expect(text === 'second\n'.repeat(400_000)).toBe(true)
  expect(texts.get(log)).toBe('')
  texts.set(log, 'third\n')
  expect((await cursor.next()).text).toBe('third\n')
})
