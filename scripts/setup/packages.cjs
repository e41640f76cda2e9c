'use strict'
const { createHash } = require('node:crypto')
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { SetupError, say } = require('./main.cjs')
const { npm } = require('./npm.cjs')

// node_modules is right when our stamp in it names this very package-lock.json.
function packagesNeed(root) {
  const lockFile = join(root, 'package-lock.json')
  const stampFile = join(root, 'node_modules', '.jailops-setup')
  const stamp = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex')

  return {
    isMissing: () => readOrNothing(stampFile) !== stamp(),
    async install() {
      if (!isAsLocked(root)) {
        say('installing the npm packages with npm ci')
        const failure = await npm(root, 'packages', ['ci', '--include=dev'])
        if (failure) throw new SetupError(`npm ci failed; mend what it says, then start again.\n${failure}`)
      }
      writeFileSync(stampFile, stamp())
    },
  }
}

// A developer's own `npm install` leaves no stamp, but npm's own note of what it put there. Where that agrees with the lock file,
// node_modules need not go away under the feet of what runs from it.
function isAsLocked(root) {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'))
  const locked = packagesIn(join(root, 'package-lock.json'))
  if (!installed || !locked) return false
  return Object.entries(locked).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true
    const there = installed[path]
    return there ? there.version === version && there.integrity === integrity : optional === true
  })
}

function packagesIn(file) {
  const text = readOrNothing(file)
  return text === undefined ? undefined : JSON.parse(text).packages
}

function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

module.exports = { packagesNeed }
