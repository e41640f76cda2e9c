'use strict'
const { childEnvironment } = require('../../bin/environment.cjs')
const { findProgram } = require('./find-program.cjs')
const { SetupError } = require('./main.cjs')
const { runLogged } = require('./run-logged.cjs')

const PRELOAD = require.resolve('../end-with-parent.cjs')

// npm runs in the machine's own Node, whichever that is: a distribution's npm needs the Node it was packed for.
async function npm(root, name, args) {
  const command = findProgram('npm')
  if (!command) throw new SetupError('npm is needed and is not on the PATH: install it with your Node, then start again.')

  const options = [process.env.NODE_OPTIONS, `--require "${PRELOAD.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`]
    .filter(Boolean)
    .join(' ')
  const quiet = ['--no-fund', '--no-audit', '--no-update-notifier', '--engine-strict=false']
  const env = { ...childEnvironment(root), NODE_OPTIONS: options, JAILOPS_END_GRACE: '0' }
  return runLogged(root, name, command, [...args, ...quiet], { cwd: root, env })
}

module.exports = { npm }
