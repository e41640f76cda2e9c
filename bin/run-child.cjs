'use strict'
const { spawn } = require('node:child_process')
const { constants } = require('node:os')
const { isatty } = require('node:tty')
const { watchParents } = require('./parents.cjs')

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']
const GRACE_MILLISECONDS = 30_000

// Runs one program that must not outlive us, and resolves to { code, signal, stoppedBy }.
// - Signals that reach us go on to it.
// - It gets a pipe as fd 3 (JAILOPS_PARENT_PIPE=1): the kernel closes it even if we die by kill -9, and the child sees its end.
// - If npm above us dies, we ask the child to end.
function runChild(command, args, { stdio = ['inherit', 'inherit', 'inherit'], env = process.env, cwd, grace = GRACE_MILLISECONDS } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...env, JAILOPS_PARENT_PIPE: '1' }, stdio: [...stdio, 'pipe'] })
    child.stdio[3]?.on('error', () => {})

    let stoppedBy
    let killer
    const stop = (signal) => {
      stoppedBy ??= signal
      if (!terminalSends(signal)) child.kill(signal)
    }
    const stopWatching = watchParents(() => {
      stop('SIGTERM')
      // Nobody is left to press Ctrl-C a second time.
      killer ??= setTimeout(() => child.kill('SIGKILL'), grace)
    })
    for (const signal of FORWARDED) process.on(signal, stop)

    const release = () => {
      stopWatching()
      clearTimeout(killer)
      for (const signal of FORWARDED) process.off(signal, stop)
      child.stdio[3]?.destroy()
    }
    child.once('error', (error) => {
      release()
      reject(new Error(`${command} could not be started: ${error.message}`))
    })
    child.once('exit', (code, signal) => {
      release()
      resolve({ code, signal, stoppedBy })
    })
  })
}

// A terminal gives Ctrl-C and its hang-up to the whole group, the child included. A second one from us would end a child
// that has just begun to shut down.
const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))

function terminalSends(signal) {
  return atTerminal && signal !== 'SIGTERM'
}

// As a shell counts: 128 and the signal's number.
function exitCodeOf({ code, signal }) {
  return code ?? 128 + constants.signals[signal]
}

module.exports = { runChild, exitCodeOf }
