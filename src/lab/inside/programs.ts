import { refuse } from '../refuse.ts'
import type { InsideProgram } from './inside.ts'
import { insideCopy } from './copy.ts'
import { insideCron } from './cron.ts'
import { insideDisk } from './disk.ts'
import { insideFiles } from './files.ts'
import { insideFind } from './find.ts'
import { insideLooking } from './looking.ts'
import { insideSystem } from './system.ts'
import { insideText } from './text.ts'
import { wordsOf } from '../words.ts'

/** Parts of FreeBSD's base that the lab knows of and does not imitate: better a loud end than `No such file or directory`. */
const notImitated = new Set(
  wordsOf(`
  awk chflags chroot dd diff fetch install mount mtree nc netstat ping sed sockstat sort su tar top umount vi
`),
)

const all: Record<string, InsideProgram> = {
  ...insideCopy,
  ...insideCron,
  ...insideDisk,
  ...insideFiles,
  ...insideFind,
  ...insideLooking,
  ...insideSystem,
  ...insideText,
}

/** undefined: FreeBSD has no such program either. */
export function insideProgram(name: string): InsideProgram | undefined {
  if (Object.hasOwn(all, name)) return all[name]
  if (notImitated.has(name)) return () => refuse(name, 'is not imitated inside a jail')
  return undefined
}
