'use strict'
// Preloaded (`node --require`) into programs that are not ours, npm and vitest and the checks, so that they too end when the
// script that started them was killed. src/cli/parent.ts is the same thing for our own program, which shuts down in its own way.

const { fstatSync } = require('node:fs')
const { Socket } = require('node:net')

// npm takes SIGTERM and goes on writing node_modules, where the next set-up may have begun: it gets no grace.
const grace = Number(process.env.JAILOPS_END_GRACE ?? 10_000)
const marked = process.env.JAILOPS_PARENT_PIPE === '1'
delete process.env.JAILOPS_PARENT_PIPE
delete process.env.JAILOPS_END_GRACE
if (marked && isPipe(3)) {
  const pipe = new Socket({ fd: 3, readable: true, writable: false })
  pipe.on('error', () => {})
  pipe.once('close', end)
  pipe.resume()
  pipe.unref()
}

function end() {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), grace).unref()
  process.kill(process.pid, 'SIGTERM')
}

function isPipe(descriptor) {
  try {
    const status = fstatSync(descriptor)
    return status.isSocket() || status.isFIFO()
  } catch {
    return false
  }
}
