import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alternate, compare, type Measured, type Row } from '../support/measured.ts'
import { buildRelease } from '../support/release.ts'

/**
 * Whole processes, from their start to their end. Node's compile cache is on for both, as `bin/jailops.cjs` has it; `…WithoutCache`
 * says how it is without.
 */
export const coldBot: Row = {
  name: 'cold.bot',
  about: 'a process that loads all of the released bot, Slack and Discord | one that imports @slack/bolt and discord.js',
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'jailops-bench-'))
    const release = join(folder, 'release')
    try {
      buildRelease(release)
      const cached = await measureWith(release, { NODE_COMPILE_CACHE: join(folder, 'cache') })
      const plain = await measureWith(release, { NODE_DISABLE_COMPILE_CACHE: '1' })
      return { ...cached, oursWithoutCache: plain.ours, bareWithoutCache: plain.bare, ratioWithoutCache: plain.ratio }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function measureWith(release: string, environment: Record<string, string>): Promise<Measured> {
  const env = { ...process.env, ...environment }
  const sides = { ours: async () => lifeOf('cold-ours.ts', release, env), bare: async () => lifeOf('cold-bare.ts', '', env) }
  return compare(coldBot.name, await alternate(sides, { samples: 15, warmUp: 2 }))
}

function lifeOf(file: string, argument: string, env: NodeJS.ProcessEnv): number {
  const program = fileURLToPath(new URL(`../support/${file}`, import.meta.url))
  const began = performance.now()
  const { status } = spawnSync(process.execPath, [program, argument], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const milliseconds = performance.now() - began
  if (status !== 0) throw new Error(`${file} failed`)
  return milliseconds
}
