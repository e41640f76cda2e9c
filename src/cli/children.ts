import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'

export interface Child {
  /** What it said with its first `ready`. */
  ready: Promise<Record<string, unknown>>
  /** Ends it so that it starts anew, with whatever configuration stands then. */
  restart(): void
  stop(): Promise<void>
}

export interface ChildOptions {
  name: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
  logFile: string
  pidFile: string
  onEnd(code: number | null, signal: string | null): void
}

const readySchema = z.looseObject({ ready: z.literal(true) })
const endSchema = z.tuple([z.number().nullable(), z.string().nullable()])
const graceMilliseconds = 25_000

/** Keeps one of our processes running: when it ends, however it ends, it is started again, ever more slowly if it keeps ending. */
export function keepRunning({ name, args, env, logFile, pidFile, onEnd }: ChildOptions): Child {
  let stopping = false
  let child: ChildProcess | undefined
  const { promise: ready, resolve: sayReady } = Promise.withResolvers<Record<string, unknown>>()

  async function live(): Promise<void> {
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 5000)) {
      const startedAt = performance.now()
      const log = openSync(logFile, 'a')
      // the IPC channel closes when we die, however we die: that is how it knows
      child = spawn(process.execPath, [...process.execArgv, ...args], { env, stdio: ['ignore', 'ignore', log, 'ipc'] })
      closeSync(log)
      if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`)
      child.on('message', (message) => {
        const said = readySchema.safeParse(message)
        if (said.success) sayReady(said.data)
      })
      const ended = once(child, 'exit')
      // one that could not even be started has no code
      const [code, signal] = endSchema.parse(await ended.catch(() => [null, null]))
      if (!stopping) onEnd(code, signal)
      if (performance.now() - startedAt > 10_000) pause = 100
      if (!stopping) await delay(pause)
    }
  }
  const life = live()

  return {
    ready,
    restart: () => void child?.kill('SIGTERM'),
    async stop() {
      stopping = true
      const killer = setTimeout(() => child?.kill('SIGKILL'), graceMilliseconds)
      child?.kill('SIGTERM')
      await life.catch((error: unknown) => process.stderr.write(`${name}: ${String(error)}\n`))
      clearTimeout(killer)
    },
  }
}
