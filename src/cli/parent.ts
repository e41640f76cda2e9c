import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'

const PARENT_PIPE = 3

/**
 * Calls `onGone` once when the launcher (bin/run-child.cjs) has died, be it by kill -9: the kernel then closes the other end of fd 3.
 * Does nothing where no launcher started us. Call it before anything is spawned: it takes the mark out of the environment, so that
 * our own children do not mistake some descriptor of theirs for the pipe. It does not keep the process alive.
 */
export function endWithParent(onGone: () => void): void {
  const marked = process.env['JAILOPS_PARENT_PIPE'] === '1'
  delete process.env['JAILOPS_PARENT_PIPE']
  if (!marked || !isPipe(PARENT_PIPE)) return

  const pipe = new Socket({ fd: PARENT_PIPE, readable: true, writable: false })
  pipe.on('error', () => {}) // a reset is an end too: 'close' follows
  pipe.once('close', onGone)
  pipe.resume()
  pipe.unref()
}

function isPipe(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor)
    return status.isSocket() || status.isFIFO()
  } catch {
    return false
  }
}
