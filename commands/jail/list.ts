import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'jail list',
  summary: 'All jails of the host, running or not, ours or not, and the trash',
  permission: 'jail.list',
  risk: 'read',
  needs: ['jails', 'trash', 'proxy'],
  args: z.object({}),
  query({ facts }) {
    const count = facts.jails.length
    const running = facts.jails.filter((jail) => jail.state === 'running').length
    const trash = facts.trash.map((entry) => entry.name)
    return {
      title: count === 0 ? 'No jails yet' : `${count} ${count === 1 ? 'jail' : 'jails'}, ${running} running`,
      table: {
        columns: ['jail', 'state', 'address', 'at boot', 'sites', 'made by'],
        rows: facts.jails.map((jail) => [
          jail.name,
          jail.state,
          jail.address ?? '-',
          jail.startsAtBoot ? 'yes' : 'no',
          facts
            .routesTo(jail.name)
            .map((route) => route.host)
            .join(', ') || '-',
          jail.ours ? 'jailops' : 'others',
        ]),
      },
      ...(trash.length > 0 && { fields: [{ name: 'In the trash', value: [...new Set(trash)].join(', ') }] }),
    }
  },
})
