import { z } from 'zod'
import { defineCommand, jailName, JailopsError } from 'jailops'

export default defineCommand({
  path: 'jail get',
  summary: "A jail's properties, as its manager has them",
  permission: 'jail.get',
  risk: 'read',
  example: 'jail get blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), property: z.string().max(64).optional().describe('only this one') }),
  query({ args, facts }) {
    const jail = facts.jail(args.jail)
    const all = Object.entries(jail.properties).toSorted(([a], [b]) => (a < b ? -1 : 1))
    const chosen = all.filter(([name]) => args.property === undefined || name === args.property)
    if (args.property !== undefined && chosen.length === 0) {
      throw new JailopsError('bad_argument', `${jail.name} sets no property of that name. See /jail get ${jail.name}.`)
    }
    return {
      title: chosen.length === 0 ? `${jail.name} sets no properties` : `Properties of ${jail.name}, in ${jail.manager}'s words`,
      table: { columns: ['property', 'value'], rows: chosen.map(([name, value]) => [name, value === '' ? 'set' : value]) },
    }
  },
})
