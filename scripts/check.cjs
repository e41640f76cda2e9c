'use strict'
// `npm run check`: types, lint, format and dead code. All of them run, so that one start tells everything.

const { join } = require('node:path')
const { setUp } = require('./setup.cjs')
const { runMain } = require('./setup/main.cjs')
const { runTool } = require('./tool.cjs')

const CHECKS = {
  types: ['tsc', '-p', '.'],
  lint: ['oxlint', '--deny-warnings'],
  format: ['oxfmt', '--check'],
  'dead code': ['knip'],
}

// Gives the names of the checks that failed.
async function check() {
  const failed = []
  for (const [name, [tool, ...args]] of Object.entries(CHECKS)) {
    if ((await runTool(tool, args)) !== 0) failed.push(name)
  }
  return failed
}

function sayChecks(failed) {
  process.stderr.write(failed.length === 0 ? 'checks passed\n' : `checks failed: ${failed.join(', ')}\n`)
}

module.exports = { check, sayChecks }

if (require.main === module) {
  runMain(async () => {
    await setUp(join(__dirname, '..'))
    const failed = await check()
    sayChecks(failed)
    return failed.length === 0 ? 0 : 1
  })
}
