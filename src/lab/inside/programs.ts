import { refuse } from '../refuse.ts'
import type { InsideProgram } from './inside.ts'
import { insideFiles } from './files.ts'
import { insideLooking } from './looking.ts'
import { insideSystem } from './system.ts'
import { wordsOf } from '../words.ts'

/** Parts of FreeBSD's base that the lab knows of and does not imitate: better a loud end than `No such file or directory`. */
const notImitated = new Set(
  wordsOf(`
  awk chown chflags cp crontab diff dd df du fetch find grep kill mount umount netstat
  passwd ping printf ps pw sed sockstat sort su tar top vi wc nc install chroot
`),
)

/** undefined: FreeBSD has no such program either. */
export function insideProgram(name: string): InsideProgram | undefined {
  const all: Record<string, InsideProgram> = { ...insideFiles, ...insideLooking, ...insideSystem }
  if (Object.hasOwn(all, name)) return all[name]
  if (notImitated.has(name)) return () => refuse(name, 'is not imitated inside a jail')
  return undefined
}
