'use strict'
const { execFileSync } = require('node:child_process')
const { readFileSync } = require('node:fs')

const POLL_MILLISECONDS = 250

// Calls onGone once when npm (or npx) above us has died. npm passes SIGTERM on at best, and nothing at all when it is killed; no system
// tells a child of its parent's death in a way that Node can hear, so we look, four times a second (one system call).
//
// Only below npm, or where JAILOPS_END_WITH_PARENT=1 asks for it: a bot that a login shell or a script put in the background has to
// outlive that shell, as any daemon does.
function watchParents(onGone) {
  if (!isBelowNpm() && process.env.JAILOPS_END_WITH_PARENT !== '1') return () => {}

  const parent = process.ppid
  const above = shellsAndNpm(parent)
  const timer = setInterval(() => {
    if (process.ppid === parent && above.every(isAlive)) return
    clearInterval(timer)
    onGone()
  }, POLL_MILLISECONDS)
  timer.unref()
  return () => clearInterval(timer)
}

function isBelowNpm() {
  return process.env.npm_lifecycle_event !== undefined || process.env.npm_command !== undefined
}

// npm starts `sh -c SCRIPT`. Most shells replace themselves by the script's one command; an older one stays between npm and us and would
// hide npm's death. So we climb over shells, up to the first process that is none.
function shellsAndNpm(parent) {
  const above = []
  let current = describe(parent)
  while (current && isShell(current.name) && current.parent > 1 && above.length < 8) {
    above.push(current.parent)
    current = describe(current.parent)
  }
  return above
}

function isShell(name) {
  return /^-?(?:.*\/)?(?:sh|dash|ash|bash|zsh|ksh|busybox)$/.test(name)
}

// Parent and name of a process: from /proc where there is one (a slim container has no ps), else from ps.
function describe(pid) {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return { name, parent: Number(parent) }
  } catch {
    return describeByPs(pid)
  }
}

function describeByPs(pid) {
  if (process.platform === 'linux') return undefined
  try {
    const line = execFileSync('ps', ['-o', 'ppid=', '-o', 'comm=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [, parent, name] = /^\s*(\d+)\s+(.*?)\s*$/.exec(line)
    return { name, parent: Number(parent) }
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

module.exports = { watchParents, isAlive }
