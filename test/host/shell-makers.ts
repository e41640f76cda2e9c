import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'

export interface MakerOptions {
  programFolders: readonly string[]
  jailRoots: string
  confineTo?: string
}

/** Named, so that a process of its own (shell-crash.ts) can make the same kind of shell. */
export const shellMakers: Record<string, (options: MakerOptions) => Promise<Shell>> = {
  local: async (options) => createLocalShell({ ...options, groupWaitMilliseconds: 300 }),
}

export async function makeShell(kind: string, options: MakerOptions): Promise<Shell> {
  const maker = shellMakers[kind]
  if (maker === undefined) throw new Error(`no shell is called ${kind}`)
  return maker(options)
}
