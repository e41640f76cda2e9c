import { tmpdir } from 'node:os'

/** What every command finds, on every host: no colours, no language but C's. */
export const fixedEnvironment = { LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', NO_COLOR: '1', TERM: 'dumb' } as const

/** The same words on every host: nothing of ours. */
export function environment(programFolders: readonly string[]): Record<string, string> {
  return { PATH: programFolders.join(':'), HOME: process.getuid?.() === 0 ? '/root' : tmpdir(), ...fixedEnvironment }
}
