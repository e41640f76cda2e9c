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
  const folder = mkdtempSync(join(tmpdir(), 'jailops-sum-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(reports)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(content))

  const result = spawnSync(process.execPath, [sum, folder, String(tests), String(long)], { encoding: 'utf8' })

  expect(result.stdout).toBe(`${line}\n`)
  expect(result.status).toBe(code)
})
