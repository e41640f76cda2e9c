'use strict'
// `npm test`: the checks, then the tests. `--long`: the long tests alone. Other arguments go to vitest.
// `--kills N`: how many kills the long kill test makes (50 if not given). `--commands N`: how many commands the chat campaign says (1000).
// `--cells N`: how many cells of the conformance table are tried (90).
// JAILOPS_REPORT_FOLDER=DIR leaves checks.json and vitest's JSON reports there (.ci/run adds them up).

const { mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { check, sayChecks } = require('./check.cjs')
const { setUp } = require('./setup.cjs')
const { runMain } = require('./setup/main.cjs')
const { runTool } = require('./tool.cjs')

runMain(async () => {
  const long = process.argv.includes('--long')
  const vitestArgs = process.argv.slice(2).filter((argument) => argument !== '--long')
  take('--kills', 'JAILOPS_KILLS', vitestArgs)
  take('--commands', 'JAILOPS_CHAT_COMMANDS', vitestArgs)
  take('--cells', 'JAILOPS_CONFORMANCE_CELLS', vitestArgs)

  await setUp(join(__dirname, '..'), { chromium: true })
  const failedChecks = long ? [] : await check()
  if (!long) reportChecks(failedChecks)
  const code = await runTool('vitest', ['run', ...vitestArgs], long ? { JAILOPS_TEST_LONG: '1' } : {})
  // Once more, below the tests' own report, where it is seen.
  if (!long) sayChecks(failedChecks)
  return code !== 0 ? code : Math.min(failedChecks.length, 1)
})

// vitest refuses options that it does not know.
function take(option, variable, args) {
  const at = args.indexOf(option)
  if (at >= 0) process.env[variable] = args.splice(at, 2)[1]
}

function reportChecks(failed) {
  const folder = process.env.JAILOPS_REPORT_FOLDER
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'checks.json'),
    JSON.stringify({ numPassedTests: 0, numFailedTests: failed.length, testResults: failed.map(asTestResult) }),
  )
}

// As vitest's own report has a file that failed.
function asTestResult(failedCheck) {
  return { name: join(process.cwd(), 'npm run check'), status: 'failed', message: failedCheck, assertionResults: [] }
}
