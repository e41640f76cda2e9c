import { z } from 'zod'
import { defineCommand, jailName, JailopsError, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail depends add',
  summary: 'Let a jail need another one that starts before it',
  permission: 'jail.depends.add',
  risk: 'change',
  example: 'jail depends add blog on:database',
  needs: ['jails'],
  names: { on: 'jail' },
  args: z.object({ jail: jailName.describe('which jail'), on: jailName.describe('the one it needs') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const other = facts.ownJail(args.on)
    if (jail.depends.includes(other.name)) return nothingToDo(`${jail.name} needs ${other.name} already.`)
    if (other.manager !== jail.manager) {
      throw new JailopsError(
        'bad_argument',
        `${other.name} is a jail of ${other.manager} and ${jail.name} one of ${jail.manager}: neither starts the other's.`,
      )
    }
    if (needs(facts.jails, other.name).has(jail.name)) {
      throw new JailopsError('bad_argument', `${other.name} needs ${jail.name} itself, so neither could ever start first.`)
    }
    return plan(drivers.jails.depend(jail, [...jail.depends, other.name]), {
      // the order at boot goes with it
      resources: [...drivers.jails.resources(jail), ...drivers.jails.resources(other), 'rc.conf'],
      outcome: [{ name: 'Starts after', value: [...jail.depends, other.name].join(', ') }],
    })
  },
})

/** Those that it needs, and those that they need, itself among them. */
function needs(jails: readonly { name: string; depends: readonly string[] }[], name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const next of jails.find((one) => one.name === name)?.depends ?? []) needs(jails, next, seen)
  return seen
}
