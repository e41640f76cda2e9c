import { z } from 'zod'
import { amountOf, defineCommand, jailName, JailopsError, plan } from 'jailops'

export default defineCommand({
  path: 'jail limits set',
  summary: 'Limit what a jail may use',
  permission: 'jail.limits.set',
  risk: 'change',
  example: 'jail limits set blog memory:512m cpu:50 processes:100',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    memory: z
      .string()
      .regex(/^([0-9]{1,12}[kmgKMG]?|none)$/, 'write an amount such as 512m or 2g, or none')
      .optional()
      .describe('such as 512m, or none'),
    cpu: z
      .string()
      .regex(/^([1-9][0-9]{0,4}|none)$/, 'write percent of one core, such as 50 or 200, or none')
      .optional()
      .describe('percent of one core, or none'),
    processes: z
      .string()
      .regex(/^([1-9][0-9]{0,6}|none)$/, 'write a number such as 100, or none')
      .optional()
      .describe('how many, or none'),
  }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const wished = [
      ['memoryuse', args.memory],
      ['pcpu', args.cpu],
      ['maxproc', args.processes],
    ] as const
    const given = wished.flatMap(([resource, value]) => (value === undefined ? [] : [{ resource, value }]))
    if (given.length === 0) throw new JailopsError('missing_argument', 'Say what to limit: memory, cpu or processes, as in memory:512m.')
    const steps = given.flatMap(({ resource, value }) => drivers.limits.set(jail, resource, value === 'none' ? undefined : amountOf(value)))
    return plan(steps, {
      resources: drivers.jails.resources(jail),
      outcome: given.map(({ resource, value }) => ({ name: resource, value })),
      remarks: steps.length === 0 ? [`${jail.name} has these limits already.`] : [],
    })
  },
})
