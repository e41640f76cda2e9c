'use strict'
const { execFileSync } = require('node:child_process')
const { findProgram } = require('./find-program.cjs')
const { SetupError } = require('./main.cjs')

// The argv with the right to install: as it is for root, else by sudo, which must not ask for a password here.
function asRoot(argv, byHand) {
  if (process.getuid?.() === 0) return argv
  if (mayBecomeRoot()) return ['sudo', '-n', ...argv]
  throw new SetupError(`something has to be installed, and that needs root (sudo asks for a password or is not there). As root: ${byHand}`)
}

function mayBecomeRoot() {
  if (!findProgram('sudo')) return false
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

module.exports = { asRoot }
