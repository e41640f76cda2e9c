import { z } from 'zod'
import { defineCommand, jailName, lookAtVariables, rcVariable, redactValue, seenInside } from 'jailops'

export default defineCommand({
  path: 'jail sysrc get',
  summary: "What a jail's rc.conf sets",
  permission: 'jail.sysrc.get',
  risk: 'read',
  example: 'jail sysrc get blog nginx_enable',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), variable: rcVariable.optional().describe('one; all that are set if not given') }),
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    if (args.variable === undefined) return lookAtVariables(jail)
    return { ...lookAtVariables(jail), value: { argv: ['sysrc', '-j', jail.kernelName, '-n', args.variable] } }
  },
  query({ args, facts }) {
    const { variables } = seenInside(facts)
    const { variable } = args
    if (variable === undefined) {
      return {
        title: `rc.conf of ${args.jail} sets ${variables.size} ${variables.size === 1 ? 'variable' : 'variables'}`,
        table: { columns: ['variable', 'value'], rows: [...variables] },
      }
    }
    const { exitCode, stdout } = facts.look('value')
    if (exitCode !== 0) return { title: `${variable} is not set in ${args.jail}, and has no default` }
    const from = variables.has(variable) ? 'rc.conf' : 'its default'
    const value = redactValue(variable, stdout.replace(/\n$/, '')) || 'empty'
    // a jail can answer anything, and a title is one short line
    const said = value.length > 100 || value.includes('\n') ? { title: `What ${variable} is in ${args.jail}`, text: value } : undefined
    return { ...(said ?? { title: `${variable} is ${value}` }), fields: [{ name: 'By', value: from }] }
  },
})
