import { answerOf, good, itSaid, lacks, type Look, type Seen, shown, unknown } from './look.ts'

export async function checkRights(look: Look): Promise<Seen[]> {
  const { layout, target } = look
  if (layout.confineTo !== undefined) return [good(`Everything is confined to ${layout.confineTo}, where no root is needed.`)]
  const answer = await answerOf(look, 'id', '-u')
  const uid = shown(answer.stdout)
  if (answer.exitCode !== 0 || !/^\d+$/.test(uid)) return [unknown(`Who commands run as is not known: ${itSaid(answer)}.`)]
  const how = target === undefined ? '' : ` over ssh as ${target.user}${target.become === 'none' ? '' : ` through ${target.become}`}`
  if (uid === '0') return [good(`Commands run as root${how}.`)]
  const says = `Commands run${how} as user ${uid}, and jails need root.`
  if (target === undefined) return [lacks(says, 'jailops worker   # as root')]
  return [
    lacks(
      says,
      '# on the machine of jailops: set become: doas for this host, then type what this prints',
      'jailops host privileges NAME --become doas',
    ),
  ]
}
