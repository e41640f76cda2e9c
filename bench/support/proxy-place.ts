import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { promisify } from 'node:util'

/* What a route costs to add in the two ways beside ours, each against an HAProxy of its own; in both, what is written must pass `haproxy -c`. */

const run = promisify(execFile)
const env = { PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin' }

/** As the port's rc script does it: a new process that takes over, with its pid in a file. */
export async function launch(path: string, pidFile: string): Promise<void> {
  const old = existsSync(pidFile) ? ['-sf', ...readFileSync(pidFile, 'utf8').trim().split(/\s+/)] : []
  const child = spawn('haproxy', ['-q', '-D', '-f', path, '-p', pidFile, ...old], { stdio: ['ignore', 'inherit', 'inherit'], env })
  await ended(child)
}

export function endLaunched(pidFile: string): void {
  for (const pid of readFileSync(pidFile, 'utf8').trim().split(/\s+/)) process.kill(Number(pid), 'SIGKILL')
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`haproxy ended with ${String(code)}`)
}

export async function check(path: string): Promise<void> {
  await run('haproxy', ['-c', '-q', '-f', path], { env })
}

/** What a shell script does with socat; this machine has none, so node's net says the same line to the same socket. */
export async function addByHand(
  place: { configFolder: string; map: string; socket: string },
  host: string,
  backend: string,
): Promise<void> {
  writeFileSync(place.map, `${host} ${backend}\n`, { flag: 'a' })
  await check(place.configFolder)
  const said = await say(place.socket, `add map ${place.map} ${host} ${backend}\n`)
  if (said.trim() !== '') throw new Error(`HAProxy said ${said}`)
}

function say(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }, () => socket.write(line))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
  })
}

/** Over a fresh connection, again and again until the body is the right one. */
export async function untilAnswered(port: number, host: string): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await answer(port, host)).endsWith('\r\n\r\nok')) {
    if (performance.now() > deadline) throw new Error(`nobody answers for ${host}`)
  }
}

function answer(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => resolve(''))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
  })
}
