'use strict'
const { execFileSync } = require('node:child_process')
const { existsSync, realpathSync } = require('node:fs')
const { delimiter, join } = require('node:path')

const NEEDED_MAJOR = 24

// The Node that can run the program: this one, one on the PATH, or the one that set-up installed. Undefined where there is none.
function findNode(root) {
  if (isEnough(process.version)) return process.execPath
  const own = installedNode(root)
  return nodeOnPath() ?? (existsSync(own) ? own : undefined)
}

function installedNode(root) {
  return join(root, '.jailops', `node${NEEDED_MAJOR}`, 'node_modules', 'node', 'bin', 'node')
}

function nodeOnPath() {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const name of [`node${NEEDED_MAJOR}`, 'node']) {
      const file = join(folder, name)
      if (existsSync(file) && !isThisOne(file) && isEnough(versionOf(file))) return file
    }
  }
  return undefined
}

// Asking a Node for its version costs a start: the one that runs us is known to be too old.
function isThisOne(file) {
  return realpathSync(file) === realpathSync(process.execPath)
}

function versionOf(file) {
  try {
    return execFileSync(file, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 }).trim()
  } catch {
    return ''
  }
}

function isEnough(version) {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0) >= NEEDED_MAJOR
}

module.exports = { findNode, installedNode, isEnough, versionOf, NEEDED_MAJOR }
