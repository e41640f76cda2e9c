import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe } from 'vitest'
import type { Shell } from '../../src/host/shell.ts'
import { commandConformance } from './shell-conformance-commands.ts'
import { fileConformance } from './shell-conformance-files.ts'
import { groupConformance } from './shell-conformance-groups.ts'
import { networkConformance } from './shell-conformance-network.ts'
import { makeShell, type MakerOptions } from './shell-makers.ts'

/** What each test finds: a fresh folder with `jails` in it, and a shell that knows these. */
export interface Bench {
  kind: string
  /** What this kind of shell needs to know, as JSON. */
  where: string
  folder: string
  shell: Shell
  make(options: Partial<MakerOptions>): Promise<Shell>
}

/** Every Shell must pass this. It reaches the same machine that the tests run on. `where` is asked once a test, as JSON for its maker. */
export function shellConformance(kind: string, where = () => '{}'): void {
  describe(`shell: ${kind}`, () => {
    const shells: Shell[] = []
    let bench: Bench | undefined

    beforeEach(async () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jailops-shell-')))
      mkdirSync(join(folder, 'jails'))
      const make = async (options: Partial<MakerOptions>) => {
        const shell = await makeShell(kind, { programFolders: ['/bin', '/usr/bin'], jailRoots: join(folder, 'jails'), ...options }, where())
        shells.push(shell)
        return shell
      }
      bench = { kind, where: where(), folder, make, shell: await make({}) }
    })

    afterEach(async () => {
      for (const shell of shells.splice(0)) await shell.stop()
      if (bench !== undefined) rmSync(bench.folder, { recursive: true, force: true })
    })

    const current = (): Bench => {
      if (bench === undefined) throw new Error('only inside a test')
      return bench
    }
    commandConformance(current)
    groupConformance(current)
    fileConformance(current)
    networkConformance(current)
  })
}
