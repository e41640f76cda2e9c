import { z } from 'zod'
import { defineCommand, jailName, JailopsError, plan } from 'jailops'

export default defineCommand({
  path: 'jail mount add',
  summary: 'Let a folder of the host show in a jail',
  permission: 'jail.mount.add',
  risk: 'change',
  example: 'jail mount add blog from:/data/blog on:/data',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    from: z
      .string()
      .regex(/^\/[A-Za-z0-9._/-]{1,200}$/, 'write a folder of the host such as /data/blog')
      .refine((path) => !path.split('/').includes('..'), 'must not contain ..')
      .describe('the folder on the host'),
    on: z
      .string()
      .regex(/^\/[A-Za-z0-9._/-]{1,200}$/, 'write a folder in the jail such as /data')
      .refine((path) => !path.split('/').includes('..'), 'must not contain ..')
      .describe('the folder in the jail'),
    writable: z.boolean().default(false).describe('the jail may change it'),
  }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (jail.mounts.some((mount) => mount.on === args.on)) {
      throw new JailopsError('bad_argument', `${jail.name} has something mounted on ${args.on} already. See /jail mount list ${jail.name}.`)
    }
    const held = facts.jails.find((one) => one.root !== '' && isWithin(args.from, one.root))
    if (args.from === '/' || held !== undefined) {
      throw new JailopsError(
        'bad_argument',
        `${args.from} holds ${held?.name ?? 'the whole host'}: a jail must not see that. Name a folder of its own.`,
      )
    }
    return plan(drivers.jails.mount(jail, { from: args.from, on: args.on, readOnly: !args.writable }), {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: args.on, value: `${args.from}, ${args.writable ? 'which the jail may change' : 'read only'}` }],
      remarks: args.writable
        ? [`Root in ${jail.name} can change everything below ${args.from} on the host, and put programs with set-uid bits there.`]
        : [],
    })
  },
})

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
