import { answerOf, good, itSaid, lacks, type Look, type Seen, shown, unknown, warning } from './look.ts'

/** Of this release the recordings are that jailops was made against. */
const known = 15
/** jail(8) reads a configuration aloud (`jail -e`) since 14.0; without that jailops sees no jail. */
const oldest = 14

/** The first only fetches; the kernel is replaced before the reboot, the rest behind it. */
const upgrade = [
  'freebsd-update -r 15.1-RELEASE upgrade',
  'freebsd-update install',
  'shutdown -r now',
  '# when it is up again',
  'freebsd-update install',
]

export async function checkSystem(look: Look): Promise<Seen[]> {
  const kernel = await answerOf(look, 'uname', '-s')
  const name = shown(kernel.stdout)
  if (kernel.exitCode !== 0 || name === '') return [unknown(`What this host runs is not known: uname gave no name (${itSaid(kernel)}).`)]
  if (name !== 'FreeBSD')
    return [lacks(`This host runs ${name}, and jailops drives the jails of FreeBSD; the rest was looked at all the same.`)]
  return [await version(look), ...(await isItselfJail(look))]
}

async function version(look: Look): Promise<Seen> {
  const answer = await answerOf(look, 'freebsd-version')
  const text = shown(answer.stdout)
  const major = Number(/^(\d{1,3})\.\d/.exec(text)?.[1] ?? Number.NaN)
  if (answer.exitCode !== 0 || Number.isNaN(major)) return unknown(`It is FreeBSD, but freebsd-version told no version: ${itSaid(answer)}.`)
  if (major < oldest)
    return lacks(`FreeBSD ${text} is too old: its jail(8) cannot read a configuration aloud (jail -e came with 14.0).`, ...upgrade)
  if (major !== known)
    return warning(`FreeBSD ${text}; jailops was made against what FreeBSD ${known} answers, so try it on a machine that you can lose.`)
  return good(`FreeBSD ${text}.`)
}

async function isItselfJail(look: Look): Promise<Seen[]> {
  const { exitCode, stdout } = await answerOf(look, 'sysctl', '-n', 'security.jail.jailed')
  if (exitCode !== 0 || stdout.trim() !== '1') return []
  return [warning('This host is itself a jail: it makes jails only where children.max allows it, and cannot load kernel modules.')]
}
