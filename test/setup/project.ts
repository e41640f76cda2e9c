import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** A project in a temporary folder with our launcher and scripts, and with `main` as its src/cli/main.ts. Gone when the test ends. */
export function temporaryProject(main: string): string {
  const project = mkdtempSync(join(tmpdir(), 'jailops-setup-'))
  onTestFinished(() => rmSync(project, { recursive: true, force: true, maxRetries: 5 }))

  for (const part of ['bin', 'scripts', 'src/cli/parent.ts']) cpSync(join(root, part), join(project, part), { recursive: true })
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: unknown }
  write(project, 'package.json', JSON.stringify({ name: 'jailops', version: '0.0.0', type: 'module', private: true, scripts }))
  write(project, 'src/cli/main.ts', main)

  // Set-up finds everything done: the tests of the launcher install nothing.
  const lock = JSON.stringify({ name: 'jailops', version: '0.0.0', lockfileVersion: 3, requires: true, packages: {} })
  write(project, 'package-lock.json', lock)
  write(project, 'node_modules/.jailops-setup', createHash('sha256').update(lock).digest('hex'))
  return project
}

export function write(project: string, path: string, text: string, mode = 0o644): void {
  const file = join(project, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode })
}
