import { z } from 'zod'
import { JailopsError } from './errors.ts'
import type { Facts } from './host.ts'
import type { Jail } from './jail.ts'
import { jailName, tagName } from './names.ts'
import { didYouMean } from './suggest.ts'

/* Which jails a command is about, and in which order: what others need runs first, and ends last. */

/** Where neither is said, the jail is asked for. */
export const jailOrTag = z
  .object({ jail: jailName.optional().describe('which jail'), tag: tagName.optional().describe('or all with this tag') })
  .superRefine(({ jail, tag }, context) => {
    if (jail === undefined && tag === undefined) context.addIssue({ code: 'custom', path: ['jail'], message: 'say which jail, or tag:TAG' })
  })

/** The one that is named, or all of ours that have the tag. @throws missing_argument, unknown_jail, not_ours */
export function chosenJails(facts: Facts, { jail, tag }: { jail?: string | undefined; tag?: string | undefined }): Jail[] {
  if (jail !== undefined && tag !== undefined) throw new JailopsError('usage', 'Say jail:NAME or tag:TAG, not both.')
  if (jail !== undefined) return [facts.ownJail(jail)]
  if (tag === undefined) throw new JailopsError('missing_argument', 'Which jail? Say jail:NAME, or tag:TAG for all that have this tag.')
  const tagged = facts.jails.filter((one) => one.ours && one.tags.includes(tag))
  if (tagged.length > 0) return tagged.map(({ name }) => facts.ownJail(name))
  const tags = [...new Set(facts.jails.flatMap((one) => one.tags))]
  throw new JailopsError('unknown_jail', `No jail of jailops on this host has the tag ${tag}.${didYouMean(tag, tags)} See /jail list.`)
}

/** Those that run and need one of these, directly or through others. */
export function runningDependents({ jails }: Pick<Facts, 'jails'>, of: readonly Jail[]): Jail[] {
  const names = new Set(of.map(({ name }) => name))
  const found: Jail[] = []
  for (;;) {
    const more = jails.filter(
      ({ name, state, jid, depends }) =>
        !names.has(name) && (state === 'running' || jid !== undefined) && depends.some((one) => names.has(one)),
    )
    if (more.length === 0) return found
    for (const one of more) names.add(one.name)
    found.push(...more)
  }
}

/** The same, which jailops has to stop and start: so all must be its own. @throws not_ours */
export function ownDependents(facts: Facts, of: readonly Jail[]): Jail[] {
  return runningDependents(facts, of).map((one) => {
    if (one.ours) return facts.ownJail(one.name)
    const needed = one.depends.find((name) => name !== one.name) ?? ''
    throw new JailopsError(
      'not_ours',
      `${one.name} needs ${needed} and was not made by jailops, which therefore does not stop it. Stop ${one.name} with its own tool first, or let jailops have it: /jail adopt ${one.name}`,
    )
  })
}

/** Those that these need, directly or through others, and that do not run: they have to be started first. @throws not_ours, config_invalid */
export function stoppedNeeds(facts: Facts, of: readonly Jail[]): Jail[] {
  const names = new Set(of.map(({ name }) => name))
  const found: Jail[] = []
  const visit = ({ name: needing, depends }: Jail): void => {
    for (const name of depends) {
      const needed = facts.jails.find((one) => one.name === name)
      if (needed === undefined || names.has(name) || needed.state === 'running') continue
      names.add(name)
      found.push(mayStart(facts, needed, needing))
      visit(needed)
    }
  }
  for (const jail of of) visit(jail)
  return found
}

function mayStart(facts: Facts, needed: Jail, needing: string): Jail {
  if (needed.ours) return facts.ownJail(needed.name)
  throw new JailopsError(
    'not_ours',
    `${needing} needs ${needed.name}, which does not run and was not made by jailops. Start ${needed.name} with its own tool first, or let jailops have it: /jail adopt ${needed.name}`,
  )
}

/** What others need comes before them. */
export function inStartOrder(jails: readonly Jail[]): Jail[] {
  const ordered: Jail[] = []
  const seen = new Set<string>()
  const visit = (jail: Jail): void => {
    if (seen.has(jail.name)) return
    seen.add(jail.name)
    for (const one of jails) if (jail.depends.includes(one.name)) visit(one)
    ordered.push(jail)
  }
  for (const jail of jails) visit(jail)
  return ordered
}
