'use strict'
// sum.cjs REPORTS TEST_CODE LONG_CODE: adds up the reports, prints `N passed, N failed` and exits with 1 when anything failed.

const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

const [folder, testCode, longCode] = process.argv.slice(2)
const tests = add(read('checks'), read('short'))
const long = add(read('long'))
const total = add(withExitCode(tests, testCode), withExitCode(long, longCode))

process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exit(total.failed === 0 ? 0 : 1)

function read(name) {
  const file = join(folder, `${name}.json`)
  if (!existsSync(file)) return { passed: 0, failed: 0 }
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(file, 'utf8'))
  // A file that does not even load holds no failed test, only a failed suite.
  return { passed: numPassedTests, failed: numFailedTests || numFailedTestSuites || 0 }
}

// A run that ended badly without a failed test (set-up, an error between tests, a signal) is one failure of its own.
function withExitCode({ passed, failed }, code) {
  return { passed, failed: code !== '0' && failed === 0 ? 1 : failed }
}

function add(...counts) {
  return counts.reduce((sum, count) => ({ passed: sum.passed + count.passed, failed: sum.failed + count.failed }), { passed: 0, failed: 0 })
}
