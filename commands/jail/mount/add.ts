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
    from: plainFolder('write a folder of the host such as /data/blog').describe('the folder on the host'),
    on: plainFolder('write a folder in the jail such as /data').describe('the folder in the jail'),
    writable: z.boolean().default(false).describe('the jail may change it'),
  }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (jail.mounts.some((mount) => mount.on === args.on)) {
      throw new JailopsError('bad_argument', `${jail.name} has something mounted on ${args.on} already. See /jail mount list ${jail.name}.`)
    }
    const held = facts.jails.find((one) => one.root !== '' && isWithin(args.from, one.root))
    if (held !== undefined) {
      throw new JailopsError('bad_argument', `${args.from} holds ${held.name}: a jail must not see that. Name a folder of its own.`)
    }
    const other = facts.jails.find((one) => one.root !== '' && isWithin(one.root, args.from))
    if (other !== undefined) {
      throw new JailopsError(
        'bad_argument',
        `${args.from} lies in the jail ${other.name}, whose links may lead anywhere on the host. Show one folder of the host in both instead.`,
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

/** As it is written it is compared with others: no other way of writing the same one. */
function plainFolder(how: string) {
  return z
    .string()
    .max(200)
    .regex(/^(\/[A-Za-z0-9._-]+)+$/, how)
    .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'must not contain .. or .')
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
