import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestOf } from './mirror.ts'
import { runReal } from './real.ts'

/** HOST/usr/freebsd-dist/disc1.iso: as an installation disc has it, with the sets below usr/freebsd-dist. */
export async function makeReleaseDisc(host: string, folder: string): Promise<void> {
  const sets = join(host, 'usr/freebsd-dist')
  const disc = join(sets, 'disc1.iso')
  const base = join(sets, 'base.txz')
  if (existsSync(disc) || !existsSync(base)) return
  const stage = join(folder, 'disc1')
  const onDisc = join(stage, 'usr/freebsd-dist')
  mkdirSync(onDisc, { recursive: true })
  copyFileSync(base, join(onDisc, 'base.txz'))
  writeFileSync(join(onDisc, 'MANIFEST'), await manifestOf(base, undefined))
  const { code, text } = await runReal('tar', ['-cf', disc, '-C', stage, 'usr'], { cwd: stage })
  rmSync(stage, { recursive: true })
  if (code !== 0) throw new Error(`lab: cannot make ${disc}: ${text}`)
}
