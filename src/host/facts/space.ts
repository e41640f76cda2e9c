import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { ask, notReady } from './ask.ts'

/** About how much a new jail's root will take; 0 where there is no base. */
export async function observeBase(shell: Shell, { base }: Layout): Promise<number> {
  const status = await shell.stat(base)
  if (status === undefined) return 0
  // FreeBSD's base.txz unpacks to between three and four times its size
  if (status.kind === 'file') return Math.ceil((status.size * (base.endsWith('.tar') ? 1 : 4)) / 1_048_576)
  const argv = ['du', '-sk', base]
  // du also counts when it may not look into every folder, and then exits with 1
  const { stdout } = await ask(shell, argv, 120)
  const kilobytes = /^\s*([0-9]+)\s/.exec(stdout)?.[1]
  if (kilobytes === undefined) throw notReady(argv, 'it printed no number')
  return Math.max(1, Math.ceil(Number(kilobytes) / 1024))
}
