'use strict'
const { constants } = require('node:os')

// A set-up that cannot go on: its message says to a person what to do.
class SetupError extends Error {}

// A signal came in the middle: whatever ran was ended, nothing more may start.
class Stopped extends Error {
  constructor(signal) {
    super(`stopped by ${signal}`)
    this.exitCode = 128 + constants.signals[signal]
  }
}

// Set-up talks on stderr only: stdout belongs to the command that follows.
function say(sentence) {
  process.stderr.write(`jailops set-up: ${sentence}\n`)
}

// The top of every script: its exit code, and errors as sentences.
async function runMain(main) {
  try {
    process.exit(await main())
  } catch (error) {
    if (error instanceof Stopped) process.exit(error.exitCode)
    say(error instanceof SetupError ? error.message : error.stack)
    process.exit(1)
  }
}

module.exports = { SetupError, Stopped, say, runMain }
