'use strict'
// `node scripts/tool.cjs TOOL ARGS`: one of the development tools (oxfmt, vitest, ...) or a .ts script of ours, run in Node 24
// whatever Node this is.

const { readFileSync } = require('node:fs')
const { delimiter, dirname, join } = require('node:path')
const { childEnvironment } = require('../bin/environment.cjs')
const { findNode } = require('../bin/find-node.cjs')
const { exitCodeOf, runChild } = require('../bin/run-child.cjs')
const { setUp } = require('./setup.cjs')
const { runMain, Stopped } = require('./setup/main.cjs')

const root = join(__dirname, '..')
const PACKAGES = { tsc: 'typescript' }

// Gives the tool's exit code.
async function runTool(tool, args, env = {}) {
  const node = findNode(root)
  const result = await runChild(node, ['--require', require.resolve('./end-with-parent.cjs'), programOf(tool), ...args], {
    cwd: root,
    env: { ...environmentFor(node), ...env },
  })
  if (result.stoppedBy) throw new Stopped(result.stoppedBy)
  return exitCodeOf(result)
}

function programOf(tool) {
  if (tool.endsWith('.ts')) return join(root, tool)
  const folder = join(root, 'node_modules', PACKAGES[tool] ?? tool)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[tool])
}

// Node 24 comes first on the PATH: a test that starts `node` means it.
function environmentFor(node) {
  const env = childEnvironment(root)
  return { ...env, PATH: [dirname(node), env.PATH].join(delimiter) }
}

module.exports = { runTool }

if (require.main === module) {
  runMain(async () => {
    await setUp(root)
    return runTool(process.argv[2], process.argv.slice(3))
  })
}
