import { z } from 'zod'
import { defineCommand, jailName, JailopsError, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail adopt',
  summary: 'Let jailops change a jail that others made',
  permission: 'jail.adopt',
  risk: 'change',
  example: 'jail adopt wiki',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts, drivers }) {
    const jail = facts.jail(args.jail)
    if (jail.ours) return nothingToDo(`${jail.name} is ours already.`)
    if (jail.state === 'broken') {
      throw new JailopsError(
        'config_invalid',
        `${jail.name} has a configuration that cannot be read: ${jail.problem ?? ''}. Mend it first.`,
      )
    }
    if (jail.configuration === undefined) {
      throw new JailopsError(
        'not_ours',
        `${jail.name} runs but no manager has it in its configuration (a service jail?), so nobody could start it again.`,
      )
    }
    return plan(drivers.jails.mark(jail, { ours: true, tags: jail.tags, note: jail.note }), {
      resources: drivers.jails.resources(jail),
      outcome: [
        { name: 'Manager', value: jail.manager },
        { name: 'Root', value: jail.root },
      ],
      remarks: ['Its files stay as they are.'],
    })
  },
})
