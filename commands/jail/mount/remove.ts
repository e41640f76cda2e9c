import { z } from 'zod'
import { defineCommand, jailName, JailopsError, plan } from 'jailops'

export default defineCommand({
  path: 'jail mount remove',
  summary: 'Let a folder of the host no longer show in a jail',
  permission: 'jail.mount.remove',
  risk: 'change',
  example: 'jail mount remove blog on:/data',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), on: z.string().max(200).describe('the folder in the jail') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const mount = jail.mounts.find((one) => one.on === args.on)
    if (mount === undefined) {
      const all = jail.mounts.map((one) => one.on).join(', ') || 'none'
      throw new JailopsError('bad_argument', `Nothing of the host is mounted there in ${jail.name}. Its mounts: ${all}.`)
    }
    return plan(drivers.jails.unmount(jail, mount), { resources: drivers.jails.resources(jail) })
  },
})
