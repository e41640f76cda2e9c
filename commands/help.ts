import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'help',
  summary: 'What you can say',
  permission: 'help',
  risk: 'bot',
  args: z.object({ about: z.string().max(60).optional().describe('a word, such as jail or proxy') }),
  async answer({ args, commands }) {
    const word = args.about?.toLowerCase()
    const found = commands.filter((command) => word === undefined || command.path.includes(word))
    return {
      title: word === undefined ? 'What you can say' : `What you can say about ${word}`,
      text:
        found.length === 0
          ? 'Nothing fits that word. /help alone lists everything.'
          : 'Every change takes dry-run:yes (show the plan only). Changes and questions take host:NAME, and until:2h or until:18:00 to keep them for a host that is away.',
      table: {
        columns: ['command', 'does', 'for example'],
        rows: found.map((command) => [`/${command.path}`, command.summary, `/${command.example ?? command.path}`]),
      },
    }
  },
})
