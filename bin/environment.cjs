'use strict'
const { delimiter, join } = require('node:path')

// Where haproxy, nginx and redis-server lie on systems that keep them off an ordinary user's PATH.
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

function programFolders() {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return [...onPath, ...SYSTEM_FOLDERS.filter((folder) => !onPath.includes(folder))]
}

// A bot or worker is small and mostly waits: Node's own settings let it grow to three times what it needs.
const LEAN = {
  // without the two compilers in the middle there is less code to keep, and less that can hang Node at its end (nodejs/node#54918)
  flags: ['--max-semi-space-size=1', '--optimize-for-size', '--no-maglev'],
  // glibc gives every thread an arena of its own, and gives little of it back
  environment: { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' },
}

// The compile cache lies in the project and not in Node's default below /tmp: who can write there could plant code for a worker that is root.
function childEnvironment(root) {
  return {
    NODE_COMPILE_CACHE: join(root, '.jailops', 'compile-cache'),
    ...LEAN.environment,
    ...process.env,
    PATH: programFolders().join(delimiter),
  }
}

module.exports = { childEnvironment, LEAN, programFolders }
