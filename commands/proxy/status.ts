import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'proxy status',
  summary: "HAProxy's and nginx's own live figures",
  permission: 'proxy.status',
  risk: 'read',
  needs: ['jails', 'proxy', 'proxyStatus', 'siteStatus'],
  args: z.object({}),
  query({ facts }) {
    const status = facts.proxyStatus
    if (status === undefined) {
      return {
        title: 'HAProxy is not running',
        text: 'Its run-time socket does not answer. The first /proxy add sets it up and starts it.',
      }
    }
    // problems first, then the busiest
    const isSpare = (name: string) => facts.proxy.backends.some((backend) => backend.name === name && backend.isSpare)
    const jailOf = (name: string) =>
      facts.proxy.backends.find((backend) => backend.name === name)?.targets[0]?.jail ?? name.replace(/^jail_/, '')
    const shown = status.backends.filter((backend) => !isSpare(backend.name))
    const backends = shown.toSorted((a, b) => Number(a.status.startsWith('UP')) - Number(b.status.startsWith('UP')) || b.rate - a.rate)
    const up = backends.filter((backend) => backend.status.startsWith('UP')).length
    return {
      title: `HAProxy ${status.version}: ${up} of ${backends.length} backends up`,
      fields: [
        { name: 'Up for', value: duration(status.uptimeSeconds) },
        { name: 'Connections', value: `${status.connections} of ${status.maxConnections}` },
        { name: 'Requests a second', value: String(status.requestsPerSecond) },
      ],
      table: {
        columns: ['jail', 'status', 'check', 'sessions', 'requests', '4xx', '5xx', 'since', 'nginx'],
        rows: backends.map((backend) => {
          const jail = jailOf(backend.name)
          const site = facts.siteStatus.find((candidate) => candidate.jail === jail)
          const figures = site?.figures
          return [
            jail,
            backend.status,
            backend.check,
            String(backend.sessions),
            String(backend.requests),
            String(backend.errors4xx),
            String(backend.errors5xx),
            duration(backend.since),
            figures === undefined
              ? (site?.problem ?? 'not asked: the jail is not running')
              : `${figures.active} active, ${figures.requests} requests, ${figures.reading} reading, ${figures.writing} writing, ${figures.waiting} waiting`,
          ]
        }),
      },
    }
  },
})

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}
