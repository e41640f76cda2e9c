import type { Layout } from '../../../core/layout.ts'
import { passLostConnection } from '../../../core/errors.ts'
import type { Shell } from '../../shell.ts'
import { formerRequestLog, requestLog } from './places.ts'

/** What was logged since the last time, whole lines only. */
export interface LogPart {
  text: string
  /** How much of it that is, from 0 to 1: of what is too much at once only both ends are read. */
  share: number
}

type Reading = Pick<Shell, 'run' | 'stat' | 'readFile'>

/** Beyond this the log is emptied: some twenty thousand requests, and as many from before. */
const mostBytes = 2 * 1024 * 1024
/** What is kept of a program's output, with room to spare. */
const fewBytes = 120_000
const timeoutSeconds = 20

/**
 * Follows nginx's log of requests and keeps it short. It is emptied in place: whoever writes appends, so nothing is to be signalled. What
 * comes in the moment between the copy and that is not counted.
 */
export function createLogCursor(shell: Reading, layout: Layout): { next(): Promise<LogPart> } {
  const [path, former] = [requestLog(layout), formerRequestLog(layout)]
  /** Undefined: the next look only says from where on. */
  let offset: number | undefined

  async function rest(file: string, from: number, size: number): Promise<LogPart> {
    const read = await readFrom(shell, file, from, size)
    const end = read.text.lastIndexOf('\n') + 1
    offset = from + (read.share < 1 ? size - from : Buffer.byteLength(read.text.slice(0, end)))
    return { ...read, text: read.text.slice(0, end) }
  }

  return {
    async next() {
      const size = (await shell.stat(path))?.size ?? 0
      if (offset === undefined) {
        offset = size
        return nothing
      }
      // emptied by somebody else
      const from = size < offset ? 0 : offset
      if (size <= mostBytes) return size === from ? nothing : rest(path, from, size)
      const { exitCode } = await shell.run({ argv: ['cp', '-p', path, former], timeoutSeconds })
      // on a full disk, say, what stands there is the copy of another time
      const source = exitCode === 0 ? former : path
      const end = exitCode === 0 ? ((await shell.stat(former))?.size ?? 0) : size
      const part = end < from ? nothing : await rest(source, from, end)
      await shell.run({ argv: ['truncate', '-s', '0', path], timeoutSeconds })
      offset = 0
      return part
    },
  }
}

const nothing: LogPart = { text: '', share: 1 }

async function readFrom(shell: Reading, file: string, from: number, size: number): Promise<LogPart> {
  const bytes = size - from
  if (bytes > fewBytes) {
    const whole = await shell.readFile(file).catch(passLostConnection)
    if (whole !== undefined) return { text: Buffer.from(whole).subarray(from).toString(), share: 1 }
  }
  const { stdout, truncated } = await shell.run({ argv: ['tail', '-c', `+${from + 1}`, file], timeoutSeconds })
  return { text: stdout, share: truncated ? Math.min(1, Buffer.byteLength(stdout) / bytes) : 1 }
}

/** What stands at its end, without following it. */
export async function endOfLog(shell: Pick<Shell, 'run'>, layout: Layout): Promise<string> {
  const seen = await shell.run({ argv: ['tail', '-c', String(fewBytes), requestLog(layout)], timeoutSeconds }).catch(passLostConnection)
  return seen?.exitCode === 0 ? seen.stdout : ''
}

/** All that there is, oldest first; of one that nobody kept short its end. */
export async function wholeLog(shell: Pick<Shell, 'run' | 'readFile'>, layout: Layout): Promise<string> {
  const [former, now] = await Promise.all([formerRequestLog(layout), requestLog(layout)].map((path) => shell.readFile(path).catch(tooLong)))
  return `${former === tooMuch ? '' : (former ?? '')}${now === tooMuch ? await endOfLog(shell, layout) : (now ?? '')}`
}

const tooMuch = Symbol('more than can be read at once')

function tooLong(error: unknown): typeof tooMuch {
  passLostConnection(error)
  return tooMuch
}
