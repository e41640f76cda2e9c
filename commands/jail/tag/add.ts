import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan, tagName } from 'jailops'

export default defineCommand({
  path: 'jail tag add',
  summary: 'Give a jail a tag, to name several at once by',
  permission: 'jail.tag.add',
  risk: 'change',
  example: 'jail tag add blog web',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), tag: tagName.describe('the tag') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (jail.tags.includes(args.tag)) return nothingToDo(`${jail.name} has the tag ${args.tag} already.`)
    const tags = [...jail.tags, args.tag].toSorted()
    return plan(drivers.jails.mark(jail, { ours: true, tags, note: jail.note }), {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: 'Tags', value: tags.join(', ') }],
    })
  },
})
