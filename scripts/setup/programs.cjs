'use strict'
const { mkdirSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
const { findProgram } = require('./find-program.cjs')
const { SetupError, say } = require('./main.cjs')
const { asRoot } = require('./root.cjs')
const { runLogged } = require('./run-logged.cjs')

// Each program that the demo and the tests start, and the package that brings it, by package manager.
const PROGRAMS = {
  'redis-server': { 'apt-get': 'redis-server', pkg: 'redis', brew: 'redis' },
  haproxy: { 'apt-get': 'haproxy', pkg: 'haproxy', brew: 'haproxy' },
  nginx: { 'apt-get': 'nginx', pkg: 'nginx', brew: 'nginx' },
}
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome']
// The other end of the shell over ssh; FreeBSD has all of it by itself.
const SSH_PROGRAMS = { sshd: 'openssh-server', tcsh: 'tcsh', nc: 'netcat-openbsd' }
const DAY_MILLISECONDS = 24 * 3600_000

function programsNeed(root) {
  return {
    isMissing: () => missingPrograms().length > 0,
    async install() {
      const names = missingPrograms()
      const manager = packageManager()
      if (!manager) throw new SetupError(`${names.join(', ')} missing, and I know no package manager here: install them, then start again.`)
      await installPackages(root, manager, [...new Set(names.map((name) => PROGRAMS[name][manager]))])
      const still = missingPrograms()
      if (still.length > 0) throw new SetupError(`${manager} installed them, but ${still.join(', ')} cannot be found on the PATH.`)
    },
  }
}

function missingPrograms() {
  return Object.keys(PROGRAMS).filter((program) => !findProgram(program))
}

// What only tests start is a wish: without it these tests are skipped, and say so. A failed try is not repeated at every start.
function testProgramsNeed(root) {
  const wishes = [
    { what: 'browser', isMissing: () => !BROWSERS.some(findProgram), packages: () => ['chromium'] },
    { what: 'sshd', isMissing: () => missingForSsh().length > 0, packages: () => missingForSsh().map((program) => SSH_PROGRAMS[program]) },
    // the certificate authority of the tests: Let's Encrypt's own small one
    { what: 'pebble', isMissing: () => !findProgram('pebble'), packages: () => ['pebble'] },
  ]
  const failedFile = ({ what }) => join(root, '.jailops', `no-${what}`)
  const open = () => wishes.filter((wish) => wish.isMissing() && !isYoung(failedFile(wish)))
  return {
    isMissing: () => open().length > 0,
    async install() {
      for (const wish of open()) await tryToInstall(root, wish, failedFile(wish))
    },
  }
}

async function tryToInstall(root, { what, packages }, failedFile) {
  try {
    if (packageManager() !== 'apt-get') throw new SetupError(`I install ${packages().join(', ')} only with apt-get.`)
    await installPackages(root, 'apt-get', packages())
    rmSync(failedFile, { force: true })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`no ${what}, the tests that start one will be skipped: ${error.message}`)
    mkdirSync(dirname(failedFile), { recursive: true })
    writeFileSync(failedFile, '')
  }
}

function missingForSsh() {
  return Object.keys(SSH_PROGRAMS).filter((program) => !findProgram(program))
}

function packageManager() {
  const names = { linux: ['apt-get'], freebsd: ['pkg'], darwin: ['brew'] }[process.platform] ?? []
  return names.find(findProgram)
}

async function installPackages(root, manager, packages) {
  const byHand = `${manager} install ${packages.join(' ')}`
  const [command, ...args] = commandOf(manager, packages, byHand)
  say(`installing ${packages.join(', ')} with ${manager}`)
  const failure = await runLogged(root, 'programs', command, args)
  if (failure) throw new SetupError(`${byHand} failed; install them yourself, then start again.\n${failure}`)
}

function commandOf(manager, packages, byHand) {
  if (manager === 'apt-get') return asRoot(['sh', join(__dirname, 'apt-install.sh'), ...packages], byHand)
  if (manager === 'pkg') return asRoot(['pkg', 'install', '-y', ...packages], byHand)
  return ['brew', 'install', ...packages] // brew refuses root
}

function isYoung(file) {
  try {
    return Date.now() - statSync(file).mtimeMs < DAY_MILLISECONDS
  } catch {
    return false
  }
}

module.exports = { testProgramsNeed, programsNeed }
