import { z } from 'zod'
import { auditJails, auditLooks, defineCommand, jailName } from 'jailops'

const order = ['open', 'warning', 'note']

export default defineCommand({
  path: 'jail audit',
  summary: 'What is open, shared, unpatched or unkept about jails',
  permission: 'jail.audit',
  risk: 'read',
  example: 'jail audit blog',
  needs: ['jails', 'trash', 'snapshots', 'releases', 'modes'],
  args: z.object({ jail: jailName.optional().describe('only this one') }),
  looks: ({ args, facts }) => auditLooks(args.jail === undefined ? facts.jails : [facts.jail(args.jail)]),
  query({ args, facts }) {
    const jails = args.jail === undefined ? facts.jails : [facts.jail(args.jail)]
    const findings = auditJails(facts, jails).toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
    const others = jails.filter(({ ours }) => !ours).length
    const looked = args.jail ?? (jails.length === 1 ? 'one jail' : `${jails.length} jails`)
    return {
      title:
        findings.length === 0
          ? `Nothing found wrong with ${looked}`
          : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${looked}`,
      fields: [
        ...order.map((state) => ({ name: names[state] ?? state, value: String(findings.filter((one) => one.state === state).length) })),
        ...(others > 0 ? [{ name: 'Not made by jailops', value: `${others}: only what others can reach is looked at` }] : []),
      ],
      ...(findings.length > 0 && {
        table: {
          columns: ['jail', 'state', 'what', 'remedy'],
          rows: findings.map(({ jail, state, what, remedy }) => [jail, state, what, remedy]),
        },
      }),
    }
  },
})

const names: Record<string, string> = { open: 'Open', warning: 'Warnings', note: 'Notes' }
