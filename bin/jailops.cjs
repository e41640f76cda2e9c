#!/usr/bin/env node
'use strict'
// The launcher: plain JavaScript for any Node from 18, because a `.ts` bin dies in an older Node before it can say a word.
// It finds Node 24, starts the real program in it and stays as thin as a pipe: arguments, signals and exit code pass through.

const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { childEnvironment, LEAN } = require('./environment.cjs')
const { findNode, NEEDED_MAJOR } = require('./find-node.cjs')
const { runChild, exitCodeOf } = require('./run-child.cjs')

const root = join(__dirname, '..')

// Runs `jailops ARGS` and gives its exit code.
async function launch(args) {
  const node = findNode(root)
  if (!node)
    return fail(
      `Node ${NEEDED_MAJOR} is needed, this is ${process.version}: run \`npm run setup\` in ${root}, or install Node ${NEEDED_MAJOR}.`,
    )

  const program = programOf(root)
  if (!program) return fail(`there is no program in ${root}: neither src/cli/main.js nor src/cli/main.ts.`)
  if (program.needsPackages && !existsSync(join(root, 'node_modules')))
    return fail(`its packages are missing: run \`npm run setup\` in ${root}.`)

  return exitCodeOf(await runChild(node, [...LEAN.flags, program.file, ...args], { env: childEnvironment(root) }))
}

// A release (`npm run build`) carries a bundle; in the tree Node 24 runs the sources themselves.
function programOf(folder) {
  const bundle = join(folder, 'src', 'cli', 'main.js')
  if (existsSync(bundle)) return { file: bundle, needsPackages: false }
  const source = join(folder, 'src', 'cli', 'main.ts')
  return existsSync(source) ? { file: source, needsPackages: true } : undefined
}

function fail(sentence) {
  process.stderr.write(`jailops: ${sentence}\n`)
  return 1
}

module.exports = { launch }

if (require.main === module) {
  launch(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error) => process.exit(fail(error.message)),
  )
}
