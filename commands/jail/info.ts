import { z } from 'zod'
import { defineCommand, type Facts, type Jail, jailName } from 'jailops'

export default defineCommand({
  path: 'jail info',
  summary: 'Everything jailops knows of one jail',
  permission: 'jail.info',
  risk: 'read',
  example: 'jail info blog',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail') }),
  query({ args, facts }) {
    const jail = facts.jail(args.jail)
    return {
      title: `${jail.name} is ${jail.state}`,
      ...(jail.problem !== undefined && { text: jail.problem }),
      fields: [
        { name: jail.addresses.length > 1 ? 'Addresses' : 'Address', value: jail.addresses.join(', ') || 'none' },
        { name: 'Host name', value: jail.hostname },
        { name: 'Root', value: jail.root },
        { name: 'JID', value: jail.jid === undefined ? 'not running' : String(jail.jid) },
        { name: 'At boot', value: jail.startsAtBoot ? 'starts' : 'stays off' },
        { name: 'Manager', value: jail.ours ? `${jail.manager}, made by jailops` : `${jail.manager}, not made by jailops: only shown` },
        ...knownOf(jail, facts),
        { name: 'Sites', value: listed(facts.routesTo(jail.name).map((route) => route.host)) ?? 'none' },
      ],
    }
  },
})

/** What not every jail has: a field that says "none" would only take room. */
function knownOf(jail: Jail, facts: Facts): { name: string; value: string }[] {
  const dataset = facts.datasets.find(({ mountpoint, isMounted }) => isMounted && mountpoint === jail.root)?.name
  const limits = facts.limits
    .filter((line) => line.startsWith(`jail:${jail.kernelName}:`))
    .map((line) => line.split(':').slice(2).join(' '))
  const needing = facts.jails.filter(({ depends }) => depends.includes(jail.name)).map(({ name }) => name)
  const fields: [string, string | undefined][] = [
    ['Type', jail.type],
    ['Release', jail.release],
    ['Network', jail.vnet ? 'its own (vnet)' : undefined],
    ['Tags', listed(jail.tags)],
    ['Note', jail.note === '' ? undefined : jail.note],
    ['Needs', listed(jail.depends)],
    ['Needed by', listed(needing)],
    [
      'Mounts',
      listed(
        jail.mounts.map(({ from, on, readOnly }) => `${from} at ${on}${readOnly ? ', read-only' : ''}`),
        '\n',
      ),
    ],
    ['Limits', listed(limits.map((limit) => limit.replace('deny=', '')))],
    ['Dataset', dataset],
    ['Configuration', jail.configuration],
    ['Console log', jail.consoleLog],
  ]
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
}

function listed(words: readonly string[], between = ', '): string | undefined {
  return words.length === 0 ? undefined : words.join(between)
}
