import { z } from 'zod'
import { defineCommand, type Finding } from 'jailops'

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
    const remedies = [...lacking, ...warnings].flatMap(remedyOf)
    return {
      title: titleOf(findings),
      ...(remedies.length > 0 && { text: remedies.join('\n\n') }),
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

/** A paragraph, of lines that can be pasted as they are. */
function remedyOf({ subject, state, remedy = [] }: Finding): string[] {
  if (remedy.length === 0) return []
  return [[`For ${subject}${state === 'warning' ? ' (a warning)' : ''}, type on the host:`, ...remedy].join('\n')]
}

/** What could not be looked at may well lack. */
function titleOf(findings: readonly Finding[]): string {
  const lacking = findings.filter(({ state }) => state === 'lacks').length
  if (lacking > 0) return `This host lacks ${lacking === 1 ? 'one thing' : `${lacking} things`}`
  const unseen = new Set(findings.filter(({ state }) => state === 'unknown').map(({ subject }) => subject)).size
  if (unseen === 0) return 'This host lacks nothing'
  return `Nothing is known to be lacking; ${unseen === 1 ? 'one subject' : `${unseen} subjects`} could not be looked at`
}
