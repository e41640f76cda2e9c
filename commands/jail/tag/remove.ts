import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan, tagName } from 'jailops'

export default defineCommand({
  path: 'jail tag remove',
  summary: 'Take a tag from a jail',
  permission: 'jail.tag.remove',
  risk: 'change',
  example: 'jail tag remove blog web',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), tag: tagName.describe('the tag') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (!jail.tags.includes(args.tag)) return nothingToDo(`${jail.name} does not have the tag ${args.tag}.`)
    const tags = jail.tags.filter((tag) => tag !== args.tag)
    return plan(drivers.jails.mark(jail, { ours: true, tags, note: jail.note }), {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: 'Tags', value: tags.join(', ') || 'none' }],
    })
  },
})
