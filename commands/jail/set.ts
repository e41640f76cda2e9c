import { z } from 'zod'
import { defineCommand, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail set',
  summary: "Set one of a jail's properties, live where possible",
  permission: 'jail.set',
  risk: 'change',
  example: 'jail set blog allow.raw_sockets value:1',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    property: z
      .string()
      .regex(/^[a-z][a-z0-9._]{0,63}$/, 'a property is named like allow.raw_sockets')
      .describe('its name, as its manager calls it'),
    value: z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9._:/,@+ -]*$/, 'a value has letters, digits and . _ : / , @ + - only')
      .optional()
      .describe('none: back to what it is without'),
  }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const { steps, restart } = drivers.jails.set(jail, args.property, args.value)
    return plan(steps, {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: args.property, value: args.value ?? 'as without' }],
      remarks: [
        ...(args.property.replace('.', '_') === 'devfs_ruleset' && steps.length > 0 ? [everyDevice] : []),
        ...(steps.length === 0 ? [`${args.property} of ${jail.name} is that already.`] : []),
        ...(restart && jail.state === 'running' ? [`It takes effect at the next start: /jail restart ${jail.name}`] : []),
      ],
    })
  },
})

const everyDevice =
  'A ruleset that devfs.rules of the host does not have, and 0, show every device of the host: whoever is root in the jail can then write to its disks.'
