import { z } from 'zod'
import { defineCommand, jailName, sizeText } from 'jailops'

export default defineCommand({
  path: 'jail snapshot list',
  summary: "A jail's snapshots",
  permission: 'jail.snapshot.list',
  risk: 'read',
  example: 'jail snapshot list blog',
  needs: ['jails', 'snapshots'],
  args: z.object({ jail: jailName.describe('which jail') }),
  query({ args, facts }) {
    const jail = facts.jail(args.jail)
    const held = facts.datasets.filter(
      (one) => one.isMounted && (jail.root === one.mountpoint || jail.root.startsWith(`${one.mountpoint}/`)),
    )
    const dataset = held.toSorted((a, b) => b.mountpoint.length - a.mountpoint.length)[0]?.name
    const found = facts.snapshots.filter((one) => one.dataset === dataset).toSorted((a, b) => b.createdAt - a.createdAt)
    return {
      title:
        found.length === 0
          ? `${jail.name} has no snapshots`
          : `${found.length} ${found.length === 1 ? 'snapshot' : 'snapshots'} of ${jail.name}`,
      table: {
        columns: ['snapshot', 'taken', 'its own', 'clones'],
        rows: found.map((one) => [
          one.name,
          `${new Date(one.createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
          sizeText(one.usedBytes),
          one.clones.join(', ') || '-',
        ]),
      },
    }
  },
})
