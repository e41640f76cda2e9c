import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail note set',
  summary: 'Write a line about a jail: whose it is, a ticket',
  permission: 'jail.note.set',
  risk: 'change',
  example: 'jail note set blog Ana keeps it, ticket 12',
  rest: 'text',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    text: z
      .string()
      .max(200, 'a note has at most 200 characters')
      .regex(/^[^\p{C}]*$/u, 'a note is one line of visible characters')
      .default('')
      .describe('the line; none takes it away'),
  }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const note = args.text.trim()
    if (jail.note === note) return nothingToDo(`${jail.name} has that note already.`)
    return plan(drivers.jails.mark(jail, { ours: true, tags: jail.tags, note }), {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: 'Note', value: note || 'none' }],
    })
  },
})
