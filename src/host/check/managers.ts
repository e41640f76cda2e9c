import { observeConfigured } from '../facts/configured-jails.ts'
import { checkBastille } from './bastille.ts'
import { answerOf, good, itSaid, lacks, type Look, type Seen, shown, unknown, warning } from './look.ts'

/** Those that jailops does not drive: their programs, by the name that people know them by. */
const strangers = new Map([
  ['appjail', 'AppJail'],
  ['pot', 'pot'],
  ['cbsd', 'CBSD'],
])

/** jailops drives jail(8), BastilleBSD, iocage and ezjail: which of them are there, and whether they can be used. One after the other. */
export async function checkManagers(look: Look): Promise<Seen[]> {
  const programs = await look.programs()
  return [
    ...(await jailConf(look, programs)),
    ...(programs.has('bastille') ? await checkBastille(look) : []),
    ...(programs.has('iocage') ? [await iocage(look)] : []),
    ...(programs.has('ezjail-admin') ? [await ezjail(look)] : []),
    ...otherManagers(look, programs),
  ]
}

async function iocage(look: Look): Promise<Seen> {
  const answer = await answerOf(look, 'iocage', '-v')
  const version = /([0-9]+(?:\.[0-9]+)+)/.exec(answer.stdout)?.[1]
  if (answer.exitCode !== 0 || version === undefined) return unknown(`iocage is installed, but which is not known: ${itSaid(answer)}.`)
  const root = look.layout.iocage.root
  const isActive = (await look.shell.stat(`${root}/jails`)) !== undefined
  return isActive
    ? good(`iocage ${version} is installed, and active at ${root}.`)
    : warning(`iocage ${version} is installed, but ${root}/jails is not there: no pool was given to it yet.`, 'iocage activate POOL')
}

async function ezjail(look: Look): Promise<Seen> {
  // it has no word for its version, and says it with its usage
  const { stdout, stderr } = await answerOf(look, 'ezjail-admin')
  const version = /ezjail-admin v([0-9.]+)/.exec(`${stdout}\n${stderr}`)?.[1] ?? 'of an unknown version'
  const base = `${look.layout.ezjail.jails}/basejail`
  return (await look.shell.stat(base)) === undefined
    ? warning(
        `ezjail ${version} is installed, but its shared base ${base} is not there.`,
        '# in chat: /release fetch 15.1-RELEASE manager:ezjail',
      )
    : good(`ezjail ${version} is installed, with its shared base at ${base}.`)
}

async function jailConf({ shell, layout }: Look, programs: ReadonlySet<string>): Promise<Seen[]> {
  const missing = ['jail', 'jls', 'jexec'].filter((name) => !programs.has(name))
  if (missing.length > 0) {
    return [
      lacks(
        `The base system's ${missing.join(', ')} cannot be found in the program folders, and jailops drives jails by jail(8) and its companions.`,
        'ls -l /usr/sbin/jail /usr/sbin/jls /usr/sbin/jexec   # if they are elsewhere, say so in layout.programFolders',
      ),
    ]
  }
  const { jails, inJailConf } = await observeConfigured(shell, layout)
  const ours = [...jails.values()].filter((jail) => jail.ours)
  const broken = [...jails.values()].flatMap(({ name, problem }) => (problem === undefined ? [] : [`${shown(name)} (${shown(problem)})`]))
  const count = `jail(8) is there; ${jails.size} ${jails.size === 1 ? 'jail is' : 'jails are'} configured, ${ours.length} by jailops`
  return [
    broken.length === 0
      ? good(`${count}.`)
      : warning(
          `${count}, and jail(8) cannot read what is said of ${broken.slice(0, 3).join(', ')}${broken.length > 3 ? ' and others' : ''}.`,
          `jail -f ${layout.jailConf} -e '|'`,
        ),
    includeLine(layout, inJailConf),
  ]
}

function includeLine(layout: Look['layout'], { includesFolder, unreadable }: { includesFolder: boolean; unreadable?: string }): Seen {
  if (unreadable !== undefined) {
    return warning(
      `Who starts at boot cannot be told: jail(8) cannot read ${layout.jailConf}; jails whose start at boot would change are refused until it is mended.`,
    )
  }
  if (includesFolder) {
    return good(
      `${layout.jailConf} includes ${layout.jailConfFolder}/*.conf, so with an empty jail_list every jail made by jailops starts at boot too.`,
    )
  }
  return good(
    `${layout.jailConf} need not include ${layout.jailConfFolder}/*.conf: jailops starts each jail by its own file there, and at boot by its name in jail_list.`,
  )
}

function otherManagers({ layout }: Look, programs: ReadonlySet<string>): Seen[] {
  const driven = ['bastille', 'iocage', 'ezjail-admin'].some((name) => programs.has(name))
  const found = [...strangers].filter(([program]) => programs.has(program)).map(([, name]) => name)
  if (found.length > 0) {
    return [
      warning(
        `${found.join(', ')} ${found.length === 1 ? 'is' : 'are'} installed, which jailops does not drive: it shows their running jails, ` +
          `and does not see the addresses of their stopped ones: keep ${layout.pool} for jailops alone.`,
      ),
    ]
  }
  return driven ? [] : [good('No other jail manager is installed (looked for BastilleBSD, iocage, ezjail, AppJail, pot and CBSD).')]
}
