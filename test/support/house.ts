import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { z } from 'zod'

export const mainFile = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

/** The real program, as a shell would start it. */
export function jailops(args: readonly string[], options: { cwd?: string; program?: string; env?: Record<string, string> } = {}) {
  const [file, before] = options.program === undefined ? [process.execPath, [mainFile]] : [options.program, []]
  return new Promise<CliResult>((resolve, reject) => {
    const child = spawn(file, [...before, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd ?? projectFolder,
      env: { ...process.env, ...options.env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const lineSchema = z.strictObject({
  request: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  card: z.looseObject({
    title: z.string(),
    text: z.string().optional(),
    fields: z.array(z.object({ name: z.string(), value: z.string() })),
  }),
})

/** `jailops run --json …`: its exit code and its one line, which has exactly the four promised parts. */
export async function runJson(stateDir: string, person: string, ...words: string[]) {
  const { code, stdout, stderr } = await jailops(['run', '--state-dir', stateDir, '--as', person, '--json', ...words])
  if (stdout.split('\n').length !== 2) throw new Error(`not one line: ${stdout} ${stderr}`)
  return { code, ...lineSchema.parse(JSON.parse(stdout)) }
}

/** Folders whose content may grow all by itself, and the trash: logs, and what lives only while something runs. */
const passing = /^((usr\/jails\/[^/]+\/)?(var\/(log|run|cache)|tmp)|usr\/jails\/\.trash)(\/|$)/

/** Every path below a folder with its kind, mode and content's hash: two of these are equal when nothing has changed. */
export function listing(folder: string, ignored: RegExp = passing): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (at: string) => {
    for (const name of readdirSync(at).toSorted()) {
      const path = join(at, name)
      const shown = relative(folder, path)
      if (ignored.test(shown)) continue
      const status = lstatSync(path)
      const mode = (status.mode & 0o7777).toString(8)
      if (status.isSymbolicLink()) found[shown] = `link ${readlinkSync(path)}`
      else if (status.isDirectory()) found[shown] = `folder ${mode}`
      else if (status.isFile()) found[shown] = `file ${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)}`
      else found[shown] = `other ${mode}`
      if (status.isDirectory()) walk(path)
    }
  }
  walk(folder)
  return found
}

/** Processes that have to do with that folder: by their words, their working folder, or a file that they hold open. */
export function processesOf(folder: string): string[] {
  if (!existsSync('/proc/self/cmdline')) {
    const lines = execFileSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' }).split('\n')
    return lines.filter((line) => line.includes(folder) && Number.parseInt(line, 10) !== process.pid)
  }
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const words = orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
      const places = [`/proc/${pid}/cwd`, ...(orNothing(() => readdirSync(`/proc/${pid}/fd`)) ?? []).map((fd) => `/proc/${pid}/fd/${fd}`)]
      const touches = places.some((place) => orNothing(() => readlinkSync(place))?.startsWith(folder) === true)
      return words?.includes(folder) === true || touches ? [`${pid} ${words}`] : []
    })
}

function orNothing<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}

export async function until(holds: () => boolean | Promise<boolean>, seconds = 10): Promise<boolean> {
  for (const deadline = performance.now() + seconds * 1000; performance.now() < deadline; await delay(50)) if (await holds()) return true
  return false
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A folder that goes when the file's tests are over. */
export function temporaryFolder(prefix = 'jailops-e2e-'): string {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
