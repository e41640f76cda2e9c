import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const sum = join(import.meta.dirname, '..', '..', '.ci', 'sum.cjs')
const report = (passed: number, failed: number, suites = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numFailedTestSuites: suites,
})

test.each([
  ['all is well', { checks: report(0, 0), short: report(40, 0), long: report(2, 0) }, [0, 0], '42 passed, 0 failed', 0],
  [
    'failed tests and checks add up',
    { checks: report(0, 2), short: report(40, 3, 2), long: report(1, 1) },
    [1, 1],
    '41 passed, 6 failed',
    1,
  ],
  ['a failed check alone', { checks: report(0, 1), short: report(40, 0), long: report(0, 0) }, [1, 0], '40 passed, 1 failed', 1],
  ['a file that does not load', { checks: report(0, 0), short: report(40, 0, 1) }, [1, 0], '40 passed, 1 failed', 1],
  ['an error between the tests', { checks: report(0, 0), short: report(40, 0) }, [1, 0], '40 passed, 1 failed', 1],
  ['no set-up, no report', {}, [1, 1], '0 passed, 2 failed', 1],
] as const)('%s', (_name, reports, [tests, long], line, code) => {
  const result = sumOf(reports, tests, long)

  expect(result.stdout).toBe(`${line}\n`)
  expect(result.status).toBe(code)
})

test('what failed is named with how its message begins, below thousands of lines of what passed', () => {
  const long = Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n')
  const short = {
    ...report(7, 1, 2),
    testResults: [
      {
        name: join(process.cwd(), 'test/core/plan.test.ts'),
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'a plan is short', failureMessages: [] },
          { status: 'failed', fullName: 'a plan is exact', failureMessages: [`expected 1 to be 2\n${long}`] },
        ],
      },
      { name: join(process.cwd(), 'test/core/jail.test.ts'), status: 'failed', message: 'no such module', assertionResults: [] },
    ],
  }

  const lines = sumOf({ short }, 1, 0).stdout.split('\n')

  expect(lines).toContain('failed: test/core/plan.test.ts > a plan is exact')
  expect(lines).toContain('    expected 1 to be 2')
  expect(lines).not.toContain('    line 39')
  expect(lines).toEqual(expect.arrayContaining(['failed: test/core/jail.test.ts', '    no such module']))
  expect(lines).not.toContainEqual(expect.stringContaining('a plan is short'))
  expect(lines.at(-2)).toBe('7 passed, 1 failed')
})

function sumOf(reports: Readonly<Record<string, unknown>>, tests: number, long: number) {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-sum-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(reports)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(content))
  return spawnSync(process.execPath, [sum, folder, String(tests), String(long)], { encoding: 'utf8' })
}
