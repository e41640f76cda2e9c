import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'

/** Updates that are fetched or were installed: for each root its own, named by the checksum of its path as the script names it. */
const pendingSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  /** Of an upgrade: its first install ends before old libraries are removed. */
  isUpgrade: z.boolean(),
  worldDone: z.boolean(),
})

export type Pending = z.infer<typeof pendingSchema>

export interface Work {
  /** As it was called. */
  base: string
  real: string
}

type Kind = 'install' | 'rollback'

export function workFolder(host: Host, asked: string | undefined, cwd: string): Work {
  const base = asked ?? '/var/db/freebsd-update'
  return { base, real: toReal(host.paths, base, cwd) }
}

export function readPending(work: Work, basedir: string, kind: Kind): Pending | undefined {
  const file = fileOf(work, basedir, kind)
  return existsSync(file) ? pendingSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

export function writePending(host: Host, work: Work, basedir: string, kind: Kind, pending: Pending | undefined): void {
  const file = fileOf(work, basedir, kind)
  toWritable(host.paths, 'freebsd-update', file, '/')
  mkdirSync(work.real, { recursive: true })
  if (pending === undefined) rmSync(file, { force: true })
  else writeFileSync(file, `${JSON.stringify(pending)}\n`)
}

function fileOf({ real }: Work, basedir: string, kind: Kind): string {
  return join(real, `${createHash('sha256').update(`${basedir}\n`).digest('hex')}-${kind}`)
}
