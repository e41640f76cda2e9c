import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startLab, type Lab, type LabOptions } from '../../src/lab/lab.ts'

export interface Ran {
  code: number
  /** Both streams, in their order. */
  text: string
}

export interface TemporaryLab extends Lab {
  /** Runs a line of sh with nothing but the lab's programs on the PATH. */
  sh(line: string, input?: string): Promise<Ran>
  write(path: string, text: string): void
  remove(): Promise<void>
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'labtest-'))
}

export async function temporaryLab(
  options: Partial<LabOptions> = {},
  before: (host: string) => void = () => undefined,
): Promise<TemporaryLab> {
  const folder = options.folder ?? temporaryFolder()
  before(join(folder, 'host'))
  const lab = await startLab({ ...options, folder })
  return {
    ...lab,
    sh: (line, input) => runShell(lab.layout.programFolders, line, input),
    write: (path, text) => writeBelow(lab.hostFolder, path, text),
    remove: async () => {
      await lab.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function writeBelow(host: string, path: string, text: string): void {
  const real = join(host, path)
  mkdirSync(dirname(real), { recursive: true })
  writeFileSync(real, text)
}

export function runShell(programFolders: string[], line: string, input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { PATH: programFolders.join(':'), LC_ALL: 'C' }
    const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${line}`], { cwd: '/', env, stdio: ['pipe', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, text: Buffer.concat(chunks).toString() }))
  })
}
