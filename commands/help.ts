import { z } from 'zod'
import { type Answer, type Command, defineCommand, narrowingsOf, offeredOptions } from 'jailops'

export default defineCommand({
  path: 'help',
  summary: 'What you can say',
  permission: 'help',
  risk: 'bot',
  args: z.object({ about: z.string().max(60).optional().describe('a word, such as jail or "jail pkg"') }),
  example: 'help jail snapshot',
  rest: 'about',
  async answer({ args, commands, person }) {
    const word = args.about?.toLowerCase().trim().replace(/^\//, '') ?? ''
    if (word === '') {
      return {
        title: 'What you can say',
        text: `${common} /help and a word, such as /help ${commands.find(({ path }) => path.includes(' '))?.path.split(' ')[0] ?? 'help'}, says more.`,
        table: { columns: ['word', 'then'], rows: folded(commands, 0).map(([path, does]) => [path, does]) },
      }
    }
    const exact = commands.filter(({ path }) => `${path} `.startsWith(`${word} `) || path.split(' ').includes(word))
    const found = exact.length > 0 ? exact : commands.filter(({ path }) => path.includes(word))
    const only = found.flatMap(({ path, permission }) => {
      const words = narrowingsOf(person.permissions, permission)
      return words.length === 0 ? [] : [`/${path}: you may say it only with these words: ${words.join('; ')}.`]
    })
    const [first] = found
    if (first !== undefined && found.length === 1) return aboutOne(first, only)
    const isLong = found.length > most
    return {
      title: `What you can say about ${word}`,
      text: found.length === 0 ? 'Nothing fits that word. /help alone lists everything.' : [common, ...only].join('\n'),
      table: isLong
        ? { columns: ['command', 'does'], rows: folded(found, 1).map(([path, does]) => [path, does]) }
        : {
            columns: ['command', 'does', 'for example'],
            rows: found.map((command) => [`/${command.path}`, command.summary, `/${command.example ?? command.path}`]),
          },
    }
  },
})

const common =
  'Every change takes dry-run:yes (show the plan only). Changes and questions take host:NAME, and until:2h or until:18:00 to keep them for a host that is away.'

function aboutOne(command: Command, only: readonly string[]): Answer {
  const options = offeredOptions(command)
  return {
    title: `/${command.path}: ${command.summary}`,
    text: [`For example: /${command.example ?? command.path}`, ...only].join('\n'),
    table: {
      columns: ['argument', 'is', 'needed'],
      rows: options.map(({ label, description, choices, required }) => [
        label,
        choices.length > 0 ? `${description}: ${choices.join(', ')}` : description,
        required ? 'yes' : 'no',
      ]),
    },
  }
}

/** More than that no chat shows with examples. */
const most = 15

/** Those of one word more than `depth`, or less, by themselves; longer ones as one row for each beginning. */
function folded(commands: readonly Command[], depth: number): [string, string][] {
  const rows = new Map<string, Command[]>()
  for (const command of commands) {
    const key = command.path
      .split(' ')
      .slice(0, depth + 1)
      .join(' ')
    rows.set(key, [...(rows.get(key) ?? []), command])
  }
  return Array.from(rows, ([key, group]): [string, string] => {
    const [only] = group
    if (only?.path === key) return [`/${key}`, only.summary]
    return [`/${key} …`, [...new Set(group.map(({ path }) => path.slice(key.length + 1).split(' ')[0] ?? ''))].join(', ')]
  })
}
