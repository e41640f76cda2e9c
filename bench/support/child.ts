import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** One of the bench's own processes. It ends when its channel to us does, however we end. */
export interface Child<Said> {
  pid: number
  /** The next thing that it says. */
  next(): Promise<Said>
  tell(message: object): void
  stop(): Promise<void>
}

/** What Node is started with, beside its script. */
export interface ChildOptions {
  flags?: string[]
  environment?: Record<string, string>
}

/** Starts bench/support/FILE with one JSON argument, and waits for its first message, `ready`. */
export async function startChild<Said>(
  file: string,
  settings: object,
  said: z.ZodType<Said>,
  { flags = [], environment = {} }: ChildOptions = {},
): Promise<Child<Said>> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: flags,
    env: { ...process.env, ...environment },
  })
  const ended = once(child, 'exit')
  const next = () => nextMessage(child)
  const [first] = await Promise.race([once(child, 'message'), ended])
  if (first !== 'ready') throw new Error(`${file} ended before it was ready`)
  return {
    pid: child.pid ?? 0,
    next: async () => said.parse(await next()),
    tell: (message) => void child.send(message),
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

/** In a child: what it was started with. */
export function settingsOf<Settings>(schema: z.ZodType<Settings>): Settings {
  return schema.parse(JSON.parse(process.argv[2] ?? ''))
}

/** In a child: it is ready, and ends with its parent. */
export function readyUntil(end: () => Promise<unknown>): void {
  process.once('disconnect', () => void end().then(() => process.exit(0)))
  process.send?.('ready')
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('a process of the bench ended'))
    child.once('exit', gone)
    child.once('message', (message) => {
      child.off('exit', gone)
      resolve(message)
    })
  })
}
