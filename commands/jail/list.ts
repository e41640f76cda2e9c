import { z } from 'zod'
import { defineCommand, type Facts, type Jail, tagName } from 'jailops'

export default defineCommand({
  path: 'jail list',
  summary: 'All jails of the host, running or not, ours or not, and the trash',
  permission: 'jail.list',
  risk: 'read',
  needs: ['jails', 'trash', 'proxy'],
  args: z.object({ tag: tagName.optional().describe('only those with this tag') }),
  query({ args, facts }) {
    const { tag } = args
    const jails = tag === undefined ? facts.jails : facts.jails.filter(({ tags }) => tags.includes(tag))
    const running = jails.filter((jail) => jail.state === 'running').length
    const trash = facts.trash.map((entry) => entry.name)
    const columns = columnsFor(jails, facts)
    return {
      title: jails.length === 0 ? nothing(tag) : `${jails.length} ${jails.length === 1 ? 'jail' : 'jails'}, ${running} running`,
      table: { columns: columns.map(([name]) => name), rows: jails.map((jail) => columns.map(([, cell]) => cell(jail))) },
      ...(trash.length > 0 && { fields: [{ name: 'In the trash', value: [...new Set(trash)].join(', ') }] }),
    }
  },
})

type Column = [string, (jail: Jail) => string]

/** Manager and tags only where some jail has them: the table stays narrow. */
function columnsFor(jails: readonly Jail[], facts: Facts): Column[] {
  const hosts = Map.groupBy(facts.proxy.routes, ({ jail }) => jail)
  const withManager: Column[] = jails.some(({ manager }) => manager !== 'jail.conf') ? [['manager', ({ manager }) => manager]] : []
  const withTags: Column[] = jails.some(({ tags }) => tags.length > 0) ? [['tags', ({ tags }) => tags.join(', ') || '-']] : []
  return [
    ['jail', ({ name }) => name],
    ['state', ({ state }) => state],
    ['address', ({ address }) => address ?? '-'],
    ['at boot', ({ startsAtBoot }) => (startsAtBoot ? 'yes' : 'no')],
    ['sites', ({ name }) => (hosts.get(name) ?? []).map(({ host }) => host).join(', ') || '-'],
    ...withManager,
    ...withTags,
    ['made by', ({ ours }) => (ours ? 'jailops' : 'others')],
  ]
}

function nothing(tag: string | undefined): string {
  return tag === undefined ? 'No jails yet' : `No jail has the tag ${tag}`
}
