import { refuse } from '../refuse.ts'
import { appendLine, isFolder, linesOf, writeText } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { complain, fail, run, say, type Bastille } from './session.ts'
import { mustRun, setTarget } from './targets.ts'

const mountScript: Script = {
  usage: ['Usage: bastille mount [option(s)] TARGET HOST_PATH JAIL_PATH [FILESYSTEM_TYPE OPTIONS DUMP PASS_NUMBER]'],
  flags: { a: 'auto' },
}

/** A line in the jail's fstab, and what that file says mounted at once. */
export function mountIn(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, mountScript, async ({ flags, words }) => {
    if (words.length < 3 || words.length > 7) return usage(bastille, mountScript)
    const [target = '', from = '', on = '', type = 'nullfs', mode = 'ro', ...checks] = words
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    const tail = `${type} ${mode} ${checks.length === 0 ? '0 0' : checks.join(' ')}`
    const mistake = findMistake(bastille, from, type, mode, checks)
    if (mistake !== undefined) {
      complain(bastille, mistake)
      say(bastille, `Format: /host/path /jail/path nullfs ro 0 0\nRead: ${from} ${on} ${tail}`)
      return 1
    }
    for (const jail of jails) {
      if (!(await mustRun(bastille, jail, flags.has('auto')))) continue
      say(bastille, `\n[${jail}]:`)
      await add(bastille, jail, from, on, tail)
    }
    return 0
  })
}

function findMistake(bastille: Bastille, from: string, type: string, mode: string, checks: string[]): string | undefined {
  if (['tmpfs', 'linprocfs', 'linsysfs', 'proc', 'fdesc'].includes(from)) refuse('bastille', `mounting ${from} is not imitated here`)
  if (!isFolder(bastille, from) || type !== 'nullfs') return 'Invalid host path or incorrect mount type in FSTAB.'
  if (!/(ro|rw|rq|sw|xx)(,.*)?$/.test(mode)) return 'Detected invalid mount permissions in FSTAB.'
  if (checks.length > 0 && !/^[01] [01]$/.test(checks.join(' '))) return 'Detected invalid fstab options in FSTAB.'
  return undefined
}

async function add(bastille: Bastille, jail: string, from: string, on: string, tail: string): Promise<void> {
  const file = `${bastille.conf.jails}/${jail}/fstab`
  const full = placeOf(bastille, jail, on)
  const line = `${from} ${full} ${tail}`
  const there = linesOf(bastille, file).filter((each) => each.includes(` ${full}`))
  if (there.length > 0) return say(bastille, `Mountpoint already present in ${file}\n${there.join('\n')}`)
  if (!isFolder(bastille, full) && (await run(bastille, 'mkdir', ['-p', full])) !== 0)
    return complain(bastille, '[ERROR]: Failed to create mount point.')
  appendLine(bastille, file, line)
  if ((await run(bastille, 'mount', ['-F', file, '-a'])) !== 0) return complain(bastille, `[ERROR]: Failed to mount volume: ${full}`)
  say(bastille, `Added: ${line}`)
}

function placeOf(bastille: Bastille, jail: string, on: string): string {
  return `${bastille.conf.jails}/${jail}/root/${on}`.replace('//', '/')
}

const umountScript: Script = { usage: ['Usage: bastille umount [option(s)] TARGET JAIL_PATH'], flags: { a: 'auto' } }

export function umountIn(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, umountScript, async ({ flags, words }) => {
    const [target, on, ...more] = words
    if (target === undefined || on === undefined || more.length > 0) return usage(bastille, umountScript)
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    for (const jail of jails) {
      if (!(await mustRun(bastille, jail, flags.has('auto')))) continue
      say(bastille, `\n[${jail}]:`)
      const full = placeOf(bastille, jail, on)
      if (!isFolder(bastille, full)) return fail(bastille, '[ERROR]: The specified mount point does not exist.')
      if ((await run(bastille, 'umount', [full])) !== 0) return fail(bastille, `[ERROR]: Failed to unmount volume: ${on}`)
      const file = `${bastille.conf.jails}/${jail}/fstab`
      const kept = linesOf(bastille, file).filter((line) => !line.includes(` ${full} `))
      writeText(bastille, file, kept.map((line) => `${line}\n`).join(''))
      say(bastille, `Unmounted: ${on}`)
    }
    return 0
  })
}
