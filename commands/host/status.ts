import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'host status',
  summary: 'How the host itself is doing',
  permission: 'host.status',
  risk: 'read',
  needs: ['host', 'jails', 'proxy', 'addresses'],
  args: z.object({}),
  query({ facts }) {
    const { host, proxy } = facts
    return {
      title: `FreeBSD ${host?.version ?? 'of unknown version'}`,
      fields: [
        { name: 'Up', value: host?.uptime ?? 'unknown' },
        { name: 'Load', value: host?.load?.toFixed(2) ?? 'unknown' },
        { name: 'Jails', value: `${host?.jailsRunning ?? 0} running of ${facts.jails.length}` },
        { name: 'Free space', value: `${host?.freeMegabytes ?? 0} MB` },
        { name: 'Address pool', value: `${facts.layout.pool} on ${facts.layout.interface}` },
        { name: 'HAProxy', value: proxy.running ? `running, ${proxy.routes.length} sites` : 'not running' },
        { name: 'Securelevel', value: host?.securelevel ?? 'unknown' },
      ],
    }
  },
})
