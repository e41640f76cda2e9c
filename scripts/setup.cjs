'use strict'
// Makes ready what jailops needs on this machine: Node 24, the npm packages, Redis, HAProxy and nginx, and with `--with chromium` a
// browser for the browser tests. Where nothing is missing it costs a few stat calls and one hash.

const { join } = require('node:path')
const { withLock } = require('./setup/lock.cjs')
const { nodeNeed } = require('./setup/node.cjs')
const { packagesNeed } = require('./setup/packages.cjs')
const { testProgramsNeed, programsNeed } = require('./setup/programs.cjs')
const { runMain } = require('./setup/main.cjs')

async function setUp(root, { chromium = false } = {}) {
  const needs = [nodeNeed(root), packagesNeed(root), programsNeed(root), ...(chromium ? [testProgramsNeed(root)] : [])]
  if (!needs.some((need) => need.isMissing())) return

  await withLock(join(root, '.jailops', 'setup.lock'), async () => {
    // Asked again: another set-up may have done it while we waited.
    for (const need of needs) if (need.isMissing()) await need.install()
  })
}

module.exports = { setUp }

if (require.main === module) {
  runMain(async () => {
    const args = process.argv.slice(2)
    await setUp(join(__dirname, '..'), { chromium: args.includes('--with') && args.includes('chromium') })
    return 0
  })
}
