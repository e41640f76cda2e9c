import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
  const digest = createHash('sha256').update(readFileSync(base)).digest('hex')
  const listed = await runReal('tar', ['-tf', base], { cwd: stage })
  const count = listed.text.trimEnd().split('\n').length
  writeFileSync(join(onDisc, 'MANIFEST'), `base.txz\t${digest}\t${count}\tbase\t"Base system (MANDATORY)"\ton\n`)
  const { code, text } = await runReal('tar', ['-cf', disc, '-C', stage, 'usr'], { cwd: stage })
  rmSync(stage, { recursive: true })
  if (code !== 0) throw new Error(`lab: cannot make ${disc}: ${text}`)
}
