import { good, lacks, type Look, type Seen } from './look.ts'

/** What jailops's agent runs on a host without Node; all of FreeBSD's base system. */
const needed = 'sh env uname id ps stat ls cat dd wc head tail awk find df nc sleep mkfifo mkdir rmdir mv ln rm chmod chown'.split(' ')
/** One of these makes a file reach the disk. */
const either = ['fsync', 'sync']
/** The agent has a PATH of its own, whatever the layout says. */
const folders = ['/sbin', '/bin', '/usr/sbin', '/usr/bin']

export async function checkTools({ shell, target }: Look): Promise<Seen[]> {
  if (target === undefined) return [good('The worker runs on this host itself and needs none of the tools that ssh would.')]
  const programs = new Set((await Promise.all(folders.map((folder) => shell.list(folder)))).flat())
  const missing = needed.filter((name) => !programs.has(name))
  if (!either.some((name) => programs.has(name))) missing.push(either.join(' or '))
  if (missing.length === 0) return [good('All tools that jailops uses over ssh are there; Node is not needed.')]
  return [
    lacks(
      `${missing.join(', ')} of the base system cannot be found in ${folders.join(', ')}, and jailops uses that over ssh.`,
      `whereis ${missing.join(' ').replace(' or ', ' ')}`,
    ),
  ]
}
