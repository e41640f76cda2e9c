import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'host check',
  summary: 'What the host has and lacks for jailops, and what to type; changes nothing',
  permission: 'host.check',
  risk: 'read',
  needs: ['check'],
  args: z.object({}),
  query({ facts }) {
    const findings = facts.check ?? []
    const lacking = findings.filter(({ state }) => state === 'lacks')
    const warnings = findings.filter(({ state }) => state === 'warning')
    const order = ['lacks', 'warning', 'unknown', 'good']
    // what has to be done is not to be looked for below what is well
    const rows = findings.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
    return {
      title:
        lacking.length === 0
          ? 'This host lacks nothing'
          : `This host lacks ${lacking.length === 1 ? 'one thing' : `${lacking.length} things`}`,
      ...(lacking.length > 0 && {
        text: lacking.map(({ subject, remedy = [] }) => [`For ${subject}, type on the host:`, ...remedy].join('\n')).join('\n\n'),
      }),
      fields: [
        { name: 'Good', value: String(findings.filter(({ state }) => state === 'good').length) },
        { name: 'Lacks', value: String(lacking.length) },
        { name: 'Warnings', value: String(warnings.length) },
        { name: 'Not known', value: String(findings.filter(({ state }) => state === 'unknown').length) },
      ],
      table: {
        columns: ['subject', 'state', 'what'],
        rows: rows.map(({ subject, state, says }) => [subject, state, says]),
      },
    }
  },
})
