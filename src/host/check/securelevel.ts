import { answerOf, good, itSaid, type Look, type Seen, unknown, warning } from './look.ts'

/** Lowered only by a reboot: the kernel takes higher values alone while it runs. */
const remedy = ['sysrc kern_securelevel_enable=NO', 'shutdown -r now']

/** What each level takes away, as security(7) has it; each includes those below. */
export async function checkSecurelevel(look: Look): Promise<Seen[]> {
  const answer = await answerOf(look, 'sysctl', '-n', 'kern.securelevel')
  const text = answer.stdout.trim()
  if (answer.exitCode !== 0 || !/^-?\d{1,2}$/.test(text)) return [unknown(`The securelevel is not known: ${itSaid(answer)}.`)]
  const level = Number(text)
  if (level <= 0) return [good(`The securelevel is ${level}, which hinders nothing.`)]
  const words = [
    `The securelevel is ${level}: system immutable flags may not be turned off, so a jail's copy with schg files cannot be taken back or emptied from the trash`,
    'kernel modules may not be loaded or unloaded, so what is not loaded by now (ipfw, nullfs) stays away',
    ...(level >= 2 ? ['kernel time changes are held to one second, so ntpd cannot set a wrong clock right'] : []),
    ...(level >= 3 ? ['IP packet filter rules cannot be changed, ipfw and pf alike'] : []),
  ]
  return [warning(`${words.join('; ')}.`, ...remedy)]
}
