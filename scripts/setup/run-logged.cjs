'use strict'
const { closeSync, mkdirSync, openSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { runChild } = require('../../bin/run-child.cjs')
const { Stopped } = require('./main.cjs')

// Runs one step of the set-up with its talk in .jailops/NAME.log. Gives undefined when it went well, else a sentence with its last words.
async function runLogged(root, name, command, args, options = {}) {
  const folder = join(root, '.jailops')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.log`)
  const log = openSync(file, 'w')
  try {
    const { code, stoppedBy } = await runChild(command, args, { ...options, stdio: ['ignore', log, log] })
    if (stoppedBy) throw new Stopped(stoppedBy)
    return code === 0 ? undefined : `${lastWords(file)}\n(all of it: ${file})`
  } finally {
    closeSync(log)
  }
}

// What went wrong stands where the errors begin; only a log without any is read from its end.
function lastWords(file) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const errors = lines.filter((line) => /error|^E:/i.test(line))
  const words = errors.length > 0 ? errors.slice(0, 6) : lines.slice(-6)
  return words.map((line) => `  ${line}`).join('\n')
}

module.exports = { runLogged }
