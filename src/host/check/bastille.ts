import type { ConfiguredJail } from '../../core/jail.ts'
import { type ListedJail, readList } from '../jails/bastille/list-json.ts'
import { observeBastille } from '../jails/bastille/observe.ts'
import { jailsFolder, ownJailsFolder, releasesFolder } from '../jails/bastille/paths.ts'
import { answerOf, good, itSaid, lacks, type Look, type Seen, shown, unknown, warning } from './look.ts'

/** The oldest with a settings.conf for each jail. */
const oldest = 1

export async function checkBastille(look: Look): Promise<Seen[]> {
  const { shell, layout } = look
  const answer = await answerOf(look, 'bastille', '-v')
  const version = /^[^0-9]*([0-9]+)(?:\.[0-9]+)*/.exec(answer.stdout)
  if (answer.exitCode !== 0 || version === null) return [unknown(`BastilleBSD is installed, but which is not known: ${itSaid(answer)}.`)]
  const folder = (await answerOf(look, ...ownJailsFolder())).stdout.trim()
  if (folder !== jailsFolder(layout)) {
    const found = folder === '' ? 'an unknown folder' : shown(folder)
    return [
      lacks(
        `BastilleBSD keeps its jails in ${found} (bastille_jailsdir), and jailops looks for them in ${jailsFolder(layout)}.`,
        '# in jailops.yaml: layout: { bastille: { prefix: FOLDER } }, where FOLDER/jails is that folder',
      ),
    ]
  }
  const jails = await observeBastille({ shell, layout, marks: new Map(), datasets: [], managers: [] })
  const releases = await shell.list(releasesFolder(layout))
  const number = shown(version[0].replace(/^[^0-9]*/, ''))
  const what = `BastilleBSD ${number} is installed; ${jails.length} ${jails.length === 1 ? 'jail' : 'jails'} in ${layout.bastille.prefix}`
  return [
    Number(version[1]) < oldest
      ? warning(`${what}. It is older than what jailops knows (1.0 and later).`, 'pkg upgrade bastille')
      : ofReleases(what, releases),
    await ownList(look, jails),
  ]
}

function ofReleases(what: string, releases: readonly string[]): Seen {
  if (releases.length > 0) return good(`${what}, made from ${releases.map((name) => shown(name)).join(', ')}.`)
  return warning(`${what}, and no release to make more from.`, '# in chat: /release fetch 15.1-RELEASE manager:bastille')
}

/**
 * jailops reads bastille's files and never its list, so what the two make of a jail is compared here. One list takes the temporary files of another
 * away: nothing else is asked of bastille meanwhile.
 */
async function ownList(look: Look, jails: readonly ConfiguredJail[]): Promise<Seen> {
  const answer = await answerOf(look, 'bastille', 'list', '-j')
  const listed = answer.exitCode === 0 ? readList(answer.stdout) : undefined
  if (listed === undefined) {
    return unknown(`What BastilleBSD's own list says is not understood (${itSaid(answer)}). jailops reads its files instead.`)
  }
  const differing = differences(listed, jails)
  if (differing.length === 0) return good("BastilleBSD's own list and the files that jailops reads say the same.")
  return warning(
    `BastilleBSD's own list and its files do not agree: ${differing.slice(0, 3).join('; ')}${differing.length > 3 ? ' and others' : ''}.`,
    `bastille list; ls -l ${look.layout.bastille.prefix}/jails`,
  )
}

function differences(listed: readonly ListedJail[], jails: readonly ConfiguredJail[]): string[] {
  const inFiles = new Map(jails.map((jail) => [jail.name, jail]))
  const inList = new Set(listed.map(({ name }) => name))
  return [
    ...listed.flatMap(({ name, boot }) => {
      const jail = inFiles.get(name)
      if (jail === undefined) return [`${shown(name)} is in its list only`]
      const own = jail.properties['boot'] ?? 'on'
      return boot === undefined || boot === '-' || boot === own
        ? []
        : [`${shown(name)} starts at boot: ${shown(boot)} in the list, ${shown(own)} in settings.conf`]
    }),
    ...jails
      .filter(({ name }) => !inList.has(name))
      .map(({ name, problem }) => `${shown(name)} is not in its list${problem === undefined ? '' : ` (${shown(problem)})`}`),
  ]
}
