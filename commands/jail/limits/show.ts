import { z } from 'zod'
import { defineCommand, jailName } from 'jailops'

export default defineCommand({
  path: 'jail limits show',
  summary: 'What a jail may use, and what it uses now',
  permission: 'jail.limits.show',
  risk: 'read',
  example: 'jail limits show blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  looks({ args, facts }) {
    const jail = facts.jail(args.jail)
    return facts.canLimit && jail.state === 'running' ? { usage: { argv: ['rctl', '-u', `jail:${jail.kernelName}`] } } : {}
  },
  query({ args, facts }) {
    const jail = facts.jail(args.jail)
    const limits = new Map(
      facts.limits.flatMap((line): [string, string][] => {
        const [, kernelName, resource, amount] = /^jail:([^:]+):([^:]+):deny=(.*)$/.exec(line) ?? []
        return kernelName === jail.kernelName && resource !== undefined && amount !== undefined ? [[resource, amount]] : []
      }),
    )
    const usage = new Map(
      (facts.looked['usage']?.stdout ?? '').split('\n').flatMap((line): [string, string][] => {
        const [resource, amount] = line.split('=')
        return resource === undefined || amount === undefined ? [] : [[resource, amount]]
      }),
    )
    const shown = ['memoryuse', 'pcpu', 'maxproc', ...[...limits.keys()].filter((one) => !['memoryuse', 'pcpu', 'maxproc'].includes(one))]
    return {
      title: limits.size === 0 ? `${jail.name} has no limits` : `Limits of ${jail.name}`,
      ...(!facts.canLimit && { text: 'The kernel of this host does not count what jails use (kern.racct.enable), so no limit holds.' }),
      table: {
        columns: ['resource', 'limit', 'now'],
        rows: shown.map((resource) => [resource, limits.get(resource) ?? '-', usage.get(resource) ?? '-']),
      },
    }
  },
})
