import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import type { Shell } from '../../src/host/shell.ts'
import { commandConformance } from './shell-conformance-commands.ts'
import { fileConformance } from './shell-conformance-files.ts'
import { groupConformance } from './shell-conformance-groups.ts'
import { networkConformance } from './shell-conformance-network.ts'
import { makeShell, type MakerOptions } from './shell-makers.ts'

/** What each test finds: a folder with nothing but an empty `jails` in it, and a shell that knows these. */
export interface Bench {
  kind: string
  /** What this kind of shell needs to know, as JSON. */
  where: string
  folder: string
  /** One for all tests: what a test does to it must not be the next one's trouble. */
  shell: Shell
  make(options: Partial<MakerOptions>): Promise<Shell>
}

/** Every Shell must pass this. It reaches the same machine that the tests run on. `where` is asked once, as JSON for its maker. */
export function shellConformance(kind: string, where = () => '{}'): void {
  describe(`shell: ${kind}`, () => {
    const madeInTest: Shell[] = []
    let bench: Bench | undefined

    beforeAll(async () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jailops-shell-')))
      const fixed = { kind, where: where(), folder }
      const open = (options: Partial<MakerOptions> = {}) =>
        makeShell(kind, { programFolders: ['/bin', '/usr/bin'], jailRoots: join(folder, 'jails'), ...options }, fixed.where)
      const make: Bench['make'] = async (options) => {
        const shell = await open(options)
        madeInTest.push(shell)
        return shell
      }
      bench = { ...fixed, make, shell: await open() }
    })
    beforeEach(() => {
      const { folder } = current()
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
      mkdirSync(join(folder, 'jails'))
    })
    afterEach(async () => {
      for (const shell of madeInTest.splice(0)) await shell.stop()
    })
    afterAll(async () => {
      await bench?.shell.stop()
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
