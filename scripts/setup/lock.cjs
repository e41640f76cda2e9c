'use strict'
const { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { dirname } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { isAlive } = require('../../bin/parents.cjs')
const { SetupError, say } = require('./main.cjs')

const WAIT_MILLISECONDS = 20 * 60_000
const POLL_MILLISECONDS = 200

// Runs `work` while no other set-up of this folder runs: `npm test` and `npm run demo` may start at the same moment.
async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  await take(file)
  try {
    await work()
  } finally {
    rmSync(file, { force: true })
  }
}

async function take(file) {
  const deadline = Date.now() + WAIT_MILLISECONDS
  for (let waited = false; !create(file); waited = true) {
    if (removeIfAbandoned(file)) continue
    if (!waited) say(`waiting for another set-up (process ${ownerOf(file) ?? '?'})`)
    if (Date.now() > deadline) throw new SetupError(`another set-up does not end. If there is none, remove ${file} and start again.`)
    await sleep(POLL_MILLISECONDS)
  }
}

function create(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

// A killed set-up leaves its lock. Two waiting ones must not remove it one after the other, the second would take the new lock of the
// first; so the right to remove is a file of its own, held for a moment only.
function removeIfAbandoned(file) {
  if (!isAbandoned(file)) return false
  const right = `${file}.removing`
  if (!create(right)) {
    if (ageOf(right) > 10_000) rmSync(right, { force: true })
    return false
  }
  try {
    if (isAbandoned(file)) renameSync(file, `${file}.abandoned`)
    rmSync(`${file}.abandoned`, { force: true })
    return true
  } finally {
    rmSync(right, { force: true })
  }
}

// An empty lock was created this very moment, or by one killed before it could sign.
function isAbandoned(file) {
  const owner = ownerOf(file)
  if (owner === undefined) return ageOf(file) > 10_000
  return !isAlive(owner)
}

function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

module.exports = { withLock }
