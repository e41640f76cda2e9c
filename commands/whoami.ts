import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'whoami',
  summary: 'Who jailops takes you for, and what you may do',
  permission: 'whoami',
  risk: 'bot',
  args: z.object({}),
  async answer({ actor, person }) {
    return {
      title: `You are ${person.id}`,
      fields: [
        { name: 'Account', value: `${actor.platform}:user:${actor.id}` },
        { name: 'Roles', value: person.roles.join(', ') || 'none' },
        { name: 'Permissions', value: person.permissions.join(', ') || 'none' },
      ],
    }
  },
})
