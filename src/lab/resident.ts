import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { encodeAnswer } from './answer.ts'
import { atEndScript, findReal } from './client.ts'
import { recordCall, type Call } from './call.ts'
import { isAlive } from './real.ts'

export type Answerer = (call: Call) => Promise<number | 'hang'>

export interface Resident {
  stop(): void
}

/** Takes requests from FOLDER/run/requests (a fifo; a line names a call) and answers each on the call's own fifo. */
export function startResident(runFolder: string, answer: Answerer): Resident {
  const calls = join(runFolder, 'calls')
  const fifo = join(runFolder, 'requests')
  rmSync(calls, { recursive: true, force: true })
  rmSync(fifo, { force: true })
  mkdirSync(calls, { recursive: true })
  execFileSync(findReal('mkfifo') ?? 'mkfifo', ['-m', '600', fifo])
  const stopping = new AbortController()
  const waitingForInput = new Map<string, (input: Buffer) => void>()
  const requests = new Socket({ fd: openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK), readable: true, writable: false })

  let rest = ''
  requests.on('data', (data) => {
    const lines = (rest + data.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })

  function take(line: string): void {
    const [id = '', word] = line.split(' ')
    if (!/^[0-9]+$/.test(id)) return
    if (word === 'input') waitingForInput.get(id)?.(readFileSync(join(calls, `${id}.input`)))
    else void serve(id)
  }

  async function serve(id: string): Promise<void> {
    const file = join(calls, id)
    const fields = readRequest(`${file}.request`)
    if (fields === undefined) return
    const [program = '', cwd = '/', TERM = '', ...args] = fields
    const askForInput = () =>
      new Promise<Buffer>((resolve) => {
        waitingForInput.set(id, resolve)
        if (!say(file, 'input')) resolve(Buffer.alloc(0))
      })
    const recorder = recordCall(program, args, { cwd, environment: { TERM }, input: askForInput, signal: stopping.signal })
    const code = await answer(recorder.call)
    waitingForInput.delete(id)
    if (code === 'hang' || stopping.signal.aborted) return
    if (!existsSync(`${file}.reply`)) return
    writeFileSync(`${file}.answer`, encodeAnswer(file, recorder.chunks, code))
    say(file, 'answer')
  }

  const sweeper = setInterval(() => sweep(calls), 2000)
  sweeper.unref()
  writeFileSync(join(runFolder, 'at-end.sh'), atEndScript)
  writeFileSync(join(runFolder, 'resident'), `${process.pid}\n`)
  return {
    stop: () => {
      stopping.abort()
      clearInterval(sweeper)
      rmSync(join(runFolder, 'resident'), { force: true })
      for (const id of idsOf(calls)) say(join(calls, id), 'gone')
      requests.destroy()
    },
  }
}

function readRequest(path: string): string[] | undefined {
  try {
    return readFileSync(path, 'utf8').split('\0').slice(0, -1)
  } catch {
    return undefined
  }
}

/** False: nobody reads there any more, the client was killed. */
function say(file: string, word: string): boolean {
  try {
    const reply = openSync(`${file}.reply`, constants.O_WRONLY | constants.O_NONBLOCK)
    writeSync(reply, `${word}\n`)
    closeSync(reply)
    return true
  } catch {
    return false
  }
}

/** Clients leave their files behind: clearing up here costs them nothing. */
function sweep(calls: string): void {
  for (const id of idsOf(calls)) {
    if (isAlive(Number(id))) continue
    for (const name of readdirSync(calls)) if (name.startsWith(`${id}.`)) rmSync(join(calls, name), { force: true })
  }
}

function idsOf(calls: string): string[] {
  return readdirSync(calls).flatMap((name) => (name.endsWith('.reply') ? [name.slice(0, -'.reply'.length)] : []))
}
