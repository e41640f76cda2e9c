import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { JailopsError } from '../../core/errors.ts'
import type { SshTarget } from '../../core/ssh-target.ts'
import { lastWordsOf } from '../shell/system-error.ts'
import { protocolVersion } from './agent.ts'
import { masterArguments, sessionArguments } from './arguments.ts'
import { encodeLine } from './encode.ts'
import { createFrameReader } from './frames.ts'
import { heldByOther, otherEdition, type Problem, problemOf, unsafeFolder } from './problems.ts'
import { type Hello, type Session, startSession } from './session.ts'
import { createSessions, type Sessions } from './sessions.ts'

export interface ConnectOptions {
  target: SshTarget
  controlFolder: string
  owner: string
  /** The agent, or undefined where the host keeps it. */
  program: string | undefined
  /** What the agent must call itself. */
  edition: string
  /** Gives up connecting. */
  signal: AbortSignal
  /** The lock's holder says something every ten seconds; after so long without a word it is taken for dead. */
  silenceMilliseconds?: number | undefined
}

/** One connection that holds the host's lock. */
export interface Connection {
  /** Names the lock that it holds: the agent does nothing any more for one that has lost it. */
  epoch: string
  system: string
  sessions: Sessions
  isLost(): boolean
  /** Once its ssh has ended. */
  lost: Promise<void>
  /** Ends it, whatever still goes on: it is of no use any more, and a new one may be. */
  drop(): void
  /** Gives the lock back. */
  close(): Promise<void>
}

const longestHandshake = 30_000
const longestSilence = 30_000

/** @returns why not, where it does not come about */
export async function connect(options: ConnectOptions): Promise<Connection | Problem> {
  const { target, program } = options
  const epoch = randomBytes(8).toString('hex')
  const controlPath = join(options.controlFolder, `c${randomBytes(3).toString('hex')}`)
  const master = startSession(masterArguments(target, controlPath), program)
  const timer = setTimeout(master.kill, longestHandshake)
  options.signal.addEventListener('abort', master.kill, { once: true })
  try {
    const hello = await master.hello
    const problem =
      hello === undefined ? problemOf(master.complaint(), target, await master.ended) : await hold(master, hello, epoch, options)
    if (hello !== undefined && problem === undefined) return held(master, { ...options, controlPath, epoch, system: hello.system })
    master.kill()
    await master.ended
    await rm(controlPath, { force: true })
    return problem ?? { why: 'ssh ended without a word', permanent: false }
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', master.kill)
  }
}

/** Takes the host's lock. */
async function hold(
  master: Session,
  hello: Hello,
  epoch: string,
  { target, owner, edition }: ConnectOptions,
): Promise<Problem | undefined> {
  if (hello.edition !== edition) return otherEdition(target, hello.edition, edition)
  const frame = randomBytes(16).toString('hex')
  const payload: Buffer[] = []
  let complaint = ''
  const answered = Promise.withResolvers<string>()
  const reader = createFrameReader(frame, (chunk) => void payload.push(chunk))
  master.listen(
    (chunk) => {
      reader.add(chunk)
      const trailer = reader.trailer()
      if (trailer !== undefined) answered.resolve(trailer)
    },
    (chunk) => void (complaint = (complaint + chunk.toString()).slice(-4096)),
  )
  master.input.write(encodeLine([protocolVersion, 'hold', frame, epoch, '0', owner]))
  const answer = await Promise.race([answered.promise, master.ended])
  if (answer === 'ready') return undefined
  if (answer === 'held') return heldByOther(target, Buffer.concat(payload).toString())
  if (answer === 'unsafe') return unsafeFolder(target)
  await Promise.race([master.ended, new Promise((resolve) => setTimeout(resolve, 500))])
  return {
    why: `its lock in ${target.folder} could not be taken: ${lastWordsOf(complaint.replace(frame, '')) || 'no words'}`,
    permanent: false,
  }
}

interface Held extends ConnectOptions {
  controlPath: string
  epoch: string
  system: string
}

function held(master: Session, options: Held): Connection {
  const { target, program, controlPath, epoch, system, silenceMilliseconds = longestSilence } = options
  const args = sessionArguments(target, controlPath)
  const sessions = createSessions(
    () => startSession(args, program),
    (complaint) => new JailopsError('connection_lost', `${target.address} opens no session: ${lastWordsOf(complaint) || 'no words'}.`),
  )
  let isDropped = false
  const drop = () => {
    isDropped = true
    sessions.close(lostError(target.address))
    master.kill()
  }
  const watch = watchSilence(master, silenceMilliseconds, drop)
  const untilLost = async () => {
    await master.ended
    clearInterval(watch)
    sessions.close(lostError(target.address))
    await rm(controlPath, { force: true })
  }
  const lost = untilLost()
  return {
    epoch,
    system,
    sessions,
    isLost: () => isDropped || master.hasEnded(),
    lost,
    drop,
    close: async () => {
      sessions.close(lostError(target.address))
      master.input.end()
      const timer = setTimeout(master.kill, 2000)
      await lost
      clearTimeout(timer)
    },
  }
}

/** In turns, so that a stop of our own process (a machine asleep) counts as one of them and not as the host's silence. */
function watchSilence(master: Session, milliseconds: number, onSilence: () => void): NodeJS.Timeout {
  const turns = 6
  let silent = 0
  master.listen(
    () => void (silent = 0),
    () => undefined,
  )
  return setInterval(() => {
    silent += 1
    if (silent > turns) onSilence()
  }, milliseconds / turns)
}

/** When a session broke off: a moment for the connection to be known as lost, so that who asks next waits for a new one. */
export async function brokenOff(connection: Connection, address: string): Promise<JailopsError> {
  const timer = Promise.withResolvers<void>()
  const timeout = setTimeout(timer.resolve, 1000)
  await Promise.race([connection.lost, timer.promise])
  clearTimeout(timeout)
  return lostError(address)
}

export function lostError(address: string, why?: string): JailopsError {
  const because = why === undefined ? '' : ` (${why})`
  return new JailopsError('connection_lost', `The connection to ${address} was lost${because}; it is not known whether this was done.`)
}
