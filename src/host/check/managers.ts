import { observeConfigured } from '../facts/configured-jails.ts'
import { good, lacks, type Look, type Seen, shown, warning } from './look.ts'

/** Their programs, by the name that people know them by. */
const others = new Map([
  ['iocage', 'iocage'],
  ['ezjail-admin', 'ezjail'],
  ['bastille', 'BastilleBSD'],
  ['appjail', 'AppJail'],
  ['pot', 'pot'],
  ['cbsd', 'CBSD'],
])

/** jailops drives jail(8) by one file a jail and nothing else: what other managers made it shows while it runs, and never changes. */
export async function checkManagers(look: Look): Promise<Seen[]> {
  const programs = await look.programs()
  return [...(await jailConf(look, programs)), ...otherManagers(look, programs)]
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
  const found = [...others].filter(([program]) => programs.has(program)).map(([, name]) => name)
  if (found.length === 0)
    return [good('No other jail manager is installed (looked for iocage, ezjail, BastilleBSD, AppJail, pot and CBSD).')]
  return [
    warning(
      `${found.join(', ')} ${found.length === 1 ? 'is' : 'are'} installed; so far jailops drives jail.conf only, shows other running jails, ` +
        `and does not see the addresses of their stopped ones: keep ${layout.pool} for jailops alone.`,
    ),
  ]
}
