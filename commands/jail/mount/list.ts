import { z } from 'zod'
import { defineCommand, jailName } from 'jailops'

export default defineCommand({
  path: 'jail mount list',
  summary: 'Folders of the host that show in a jail',
  permission: 'jail.mount.list',
  risk: 'read',
  example: 'jail mount list blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  query({ args, facts }) {
    const jail = facts.jail(args.jail)
    return {
      title: jail.mounts.length === 0 ? `Nothing of the host shows in ${jail.name}` : `What of the host shows in ${jail.name}`,
      table: {
        columns: ['in the jail', 'on the host', 'may change it'],
        rows: jail.mounts.map(({ on, from, readOnly }) => [on, from, readOnly ? 'no' : 'yes']),
      },
    }
  },
})
