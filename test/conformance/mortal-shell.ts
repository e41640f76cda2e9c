import { JailopsError } from '../../src/core/errors.ts'
import type { Shell } from '../../src/host/shell.ts'

export interface MortalShell extends Shell {
  /** Dies at the operation of that number (1 is the next), before it begins, while it goes on, or when it is over. */
  dieAt(number: number, when: 'before' | 'during' | 'after'): void
  revive(): void
  /** How many operations that change something were begun since the last revival. */
  count(): number
  /** Done once, right before the operation of that number begins: something else on the host dies. */
  interruptAt(number: number, interrupt: () => Promise<void>): void
  /** No command may take longer. */
  limit(seconds: number): void
}

/** A worker's shell that can be lost in the middle, as by kill -9: nobody hears any more what came of what it began. */
export function mortalShell(shell: Shell): MortalShell {
  let left = Number.POSITIVE_INFINITY
  let moment: 'before' | 'during' | 'after' = 'before'
  let isDead = false
  let begun = 0
  let most = Number.POSITIVE_INFINITY
  let interruption: { at: number; interrupt: () => Promise<void> } | undefined

  async function change<T>(work: () => Promise<T>): Promise<T> {
    mustLive()
    begun++
    if (begun === interruption?.at) {
      const { interrupt } = interruption
      interruption = undefined
      await interrupt()
    }
    if (--left > 0) return work()
    isDead = true
    if (moment === 'before') throw lost()
    const working = work()
    if (moment === 'after') await working.catch(() => undefined)
    else working.catch(() => undefined)
    throw lost()
  }

  function mustLive(): void {
    if (isDead) throw lost()
  }

  const look = <T>(work: () => Promise<T>): Promise<T> => (isDead ? Promise.reject(lost()) : work())

  return {
    ...shell,
    dieAt(number, when) {
      left = number
      moment = when
      begun = 0
    },
    interruptAt(number, interrupt) {
      interruption = { at: number, interrupt }
      begun = 0
    },
    revive() {
      isDead = false
      interruption = undefined
      left = Number.POSITIVE_INFINITY
      begun = 0
    },
    count: () => begun,
    limit: (seconds) => void (most = seconds),
    run(command) {
      const limited = { ...command, timeoutSeconds: Math.min(command.timeoutSeconds, most) }
      return command.groupFile === undefined ? look(() => shell.run(limited)) : change(() => shell.run(limited))
    },
    readFile: (path) => look(() => shell.readFile(path)),
    list: (path) => look(() => shell.list(path)),
    stat: (path) => look(() => shell.stat(path)),
    exchange: (path, text, ...given) =>
      /^(show|get) /.test(text) ? look(() => shell.exchange(path, text, ...given)) : change(() => shell.exchange(path, text, ...given)),
    httpGet: (request) => look(() => shell.httpGet(request)),
    writeFile: (...given) => change(() => shell.writeFile(...given)),
    writeDraft: (...given) => change(() => shell.writeDraft(...given)),
    placeDraft: (path) => change(() => shell.placeDraft(path)),
    settle: (path) => change(() => shell.settle(path)),
    removeFile: (path) => change(() => shell.removeFile(path)),
    move: (...given) => change(() => shell.move(...given)),
    makeFolder: (...given) => change(() => shell.makeFolder(...given)),
    removeFolder: (path) => change(() => shell.removeFolder(path)),
    endGroup: (...given) => look(() => shell.endGroup(...given)),
  }
}

function lost(): JailopsError {
  return new JailopsError('connection_lost', 'The worker was killed.')
}
