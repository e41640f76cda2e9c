'use strict'
// sum.cjs REPORTS TEST_CODE LONG_CODE: adds up the reports, says what failed and why, prints `N passed, N failed` and exits with 1
// when anything failed. What failed is said here once more: by now vitest's own words lie thousands of lines above.

const { existsSync, readFileSync } = require('node:fs')
const { join, relative } = require('node:path')

const LINES_OF_A_FAILURE = 12

const [folder, testCode, longCode] = process.argv.slice(2)
const tests = add(read('checks'), read('short'))
const long = add(read('long'))
const total = add(withExitCode(tests, testCode), withExitCode(long, longCode))

for (const failure of ['checks', 'short', 'long'].flatMap(failures)) process.stdout.write(`failed: ${failure}\n`)
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exit(total.failed === 0 ? 0 : 1)

function read(name) {
  const { numPassedTests = 0, numFailedTests, numFailedTestSuites } = report(name)
  // A file that does not even load holds no failed test, only a failed suite.
  return { passed: numPassedTests, failed: numFailedTests || numFailedTestSuites || 0 }
}

// Gives a line each with the file and the test's name, and below it how its message begins.
function failures(name) {
  return (report(name).testResults ?? []).flatMap(({ name: path, status, message, assertionResults }) => {
    const file = relative(process.cwd(), path)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [file + excerpt(message)] : []
    return failed.map((test) => `${file} > ${test.fullName}${excerpt(test.failureMessages.join('\n'))}`)
  })
}

function excerpt(message) {
  const lines = message.split('\n').filter((line) => line.trim() !== '')
  return lines
    .slice(0, LINES_OF_A_FAILURE)
    .map((line) => `\n    ${line}`)
    .join('')
}

function report(name) {
  const file = join(folder, `${name}.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

// A run that ended badly without a failed test (set-up, an error between tests, a signal) is one failure of its own.
function withExitCode({ passed, failed }, code) {
  return { passed, failed: code !== '0' && failed === 0 ? 1 : failed }
}

function add(...counts) {
  return counts.reduce((sum, count) => ({ passed: sum.passed + count.passed, failed: sum.failed + count.failed }), { passed: 0, failed: 0 })
}
