import { randomBytes } from 'node:crypto'
import { JailopsError } from '../../core/errors.ts'
import { noSuchProgram } from '../shell/program.ts'
import { type PathRules, unsafePath } from '../shell/safe-path.ts'
import { lastWordsOf, toolError } from '../shell/system-error.ts'
import { protocolVersion } from './agent.ts'
import { brokenOff, type Connection, lostError } from './connection.ts'
import { encodeLine } from './encode.ts'
import { createFrameReader, type Sink } from './frames.ts'
import type { Hello, Session } from './session.ts'

export interface Request {
  operation: string
  words: readonly string[]
  content?: string
  /** Ends others: does not wait behind them. */
  urgent?: boolean
  /** Gives up as long as nothing was sent. */
  signal?: AbortSignal | undefined
}

/** A request that was sent. */
export interface Asked {
  /** Its frame word, by which the agent names its files as well. */
  id: string
  session: Session
  hello: Hello
  /** What the agent answered behind the payload, as words; undefined when it ended without. */
  answer: Promise<string[] | undefined>
  /** Waits for another answer of the same request. */
  again(): Promise<string[] | undefined>
}

/** Sends one request by a session of its own; its payload and the tools' words go into the sinks as they come. */
export async function send(connection: Connection, request: Request, stdout: Sink, stderr: Sink): Promise<Asked> {
  const { operation, words, content = '', urgent = false, signal } = request
  if (words.some((word) => word.includes('\0')))
    throw new JailopsError('step_failed', `A NUL character cannot be told to a host (${operation}).`)
  const session = await connection.sessions.take({ urgent, signal })
  const hello = await session.hello
  const id = randomBytes(16).toString('hex')
  const again = () => answerOf(session, id, stdout, stderr)
  const answer = again()
  const header = [protocolVersion, operation, id, connection.epoch, String(Buffer.byteLength(content)), ...words]
  session.input.write(encodeLine(header) + content)
  return { id, session, hello: hello ?? { edition: '', group: 0, system: '' }, answer, again }
}

function answerOf(session: Session, frame: string, stdout: Sink, stderr: Sink): Promise<string[] | undefined> {
  const answered = Promise.withResolvers<string[]>()
  const fromStdout = createFrameReader(frame, stdout)
  const fromStderr = createFrameReader(frame, stderr)
  const look = () => {
    const words = fromStdout.trailer()
    if (words !== undefined && fromStderr.trailer() !== undefined) answered.resolve(words.split(' '))
  }
  session.listen(
    (chunk) => (fromStdout.add(chunk), look()),
    (chunk) => (fromStderr.add(chunk), look()),
  )
  return Promise.race([answered.promise, session.ended.then(() => undefined)])
}

/** Lets a session end by itself; one whose output something keeps open is ended soon. */
export function dismiss(session: Session): void {
  session.input.end()
  const timer = setTimeout(session.kill, 1000)
  void session.ended.then(() => clearTimeout(timer))
}

export interface Answer {
  word: string
  rest: string[]
  payload: Buffer
  complaint: string
}

/** Words after which the agent waits for the next request. */
const goesOn = ['ok', 'missing', 'claimed', 'taken', 'nobody']

/** Asks, and waits for the whole answer. @throws connection_lost when none comes, or another worker has the host's lock */
export async function ask(connection: Connection, address: string, request: Request): Promise<Answer> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const asked = await send(
    connection,
    request,
    (chunk) => void stdout.push(chunk),
    (chunk) => void stderr.push(chunk),
  )
  const words = await asked.answer
  if (words === undefined) {
    asked.session.kill()
    throw await brokenOff(connection, address)
  }
  const [word = '', ...rest] = words
  endWithLock(connection, word)
  if (goesOn.includes(word)) connection.sessions.giveBack(asked.session)
  else dismiss(asked.session)
  return { word, rest, payload: Buffer.concat(stdout), complaint: Buffer.concat(stderr).toString() }
}

/** Where the lock is not ours any more, or the agent is another, nothing more comes of this connection: only of a new one. */
export function endWithLock(connection: Connection, word: string): void {
  if (word === 'fenced' || word === 'version') connection.drop()
}

export interface Refusals {
  rules: PathRules
  programFolders: readonly string[]
  address: string
}

/** What the agent's refusal means; `doing` completes "Could not …", `what` is the path or program. */
export function refusal(answer: Answer, doing: string, what: string, { rules, programFolders, address }: Refusals): JailopsError {
  const path = answer.payload.toString()
  const { word } = answer
  switch (word) {
    case 'fenced':
      return lostError(address, 'its lock on the host was taken over')
    case 'version':
      return lostError(address, 'its agent speaks another version now')
    case 'form':
    case 'link':
    case 'outside':
    case 'door':
      return unsafePath(word, path, rules)
    case 'closed':
      return new JailopsError('unsafe_path', `${path} is outside the folders that the agent on ${address} may change.`)
    case 'elsewhere':
    case 'no-name':
    case 'no-program':
      return noSuchProgram(word, what, programFolders)
    case 'forbidden':
      return new JailopsError('step_failed', `${what} is not among the programs that the agent on ${address} may start.`)
    case 'failed':
      return toolError(answer.complaint, doing)
    default:
      return new JailopsError('internal', `The agent on ${address} did not understand us (${word} ${lastWordsOf(answer.complaint)}).`)
  }
}
