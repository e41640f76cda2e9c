import { answerOf, good, itSaid, lacks, type Look, type Seen, shown, unknown } from './look.ts'

/** One syntax error in rc.conf, and sysrc(8) and service(8) do nothing more. That is one thing to mend, however many subjects meet it. */
export async function checkRcConf(look: Look): Promise<Seen[]> {
  const answer = await answerOf(look, 'sysrc', '-n', 'jail_enable')
  const { exitCode, stderr } = answer
  if (exitCode === 0 || stderr.includes('unknown variable')) return [good('rc.conf can be read.')]
  if (!/syntax error/i.test(stderr)) return [unknown(`Whether rc.conf can be read is not known: ${itSaid(answer)}.`)]
  // rc.conf.local is read along with it
  const file = /^(\/etc\/[\w.]{1,40}): /m.exec(stderr)?.[1] ?? '/etc/rc.conf'
  return [
    lacks(
      `${file} is broken, so no setting can be read or changed, and no service started or stopped (${shown(stderr)}).`,
      `sh -n ${file}`,
    ),
  ]
}
