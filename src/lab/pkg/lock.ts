import { refuse } from '../refuse.ts'
import { parseWords, type PkgCall } from './command-line.ts'
import { loadDatabase, saveDatabase } from './database.ts'

/** `lock`, `unlock`: 0 whatever they find. */
export function lock(at: PkgCall, command: 'lock' | 'unlock', args: string[]): number {
  const { flags, words } = parseWords(command, args, 'yqla')
  if (words.length !== 1 && !flags.has('a') && !flags.has('l')) return refuse('pkg', `${command} of one name, with -a or -l`)
  if (words.length > 0 && !at.yes && !flags.has('y')) return refuse('pkg', `${command} without -y would ask`)
  const isLock = command === 'lock'
  const packages = loadDatabase(at.root)
  if (packages === undefined) {
    if (!flags.has('a') && !flags.has('q')) at.call.err('pkg: No packages installed.  Nothing to do!\n')
    return 0
  }
  const after = packages.map((each) => {
    if (!flags.has('a') && !words.includes(each.name) && !words.includes(each.origin)) return each
    const name = `${each.name}-${each.version}`
    const done = isLock ? `Locking ${name}` : `Unlocking ${name}`
    if (!flags.has('q')) at.call.out(each.locked === isLock ? `${name}: already ${command}ed\n` : `${done}\n`)
    return { ...each, locked: isLock }
  })
  saveDatabase(at.root, after)
  const locked = after.filter((each) => each.locked)
  if (flags.has('l')) at.call.out(`Currently locked packages:\n${locked.map(({ name, version }) => `${name}-${version}\n`).join('')}`)
  return 0
}
