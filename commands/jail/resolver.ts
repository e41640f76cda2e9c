import { z } from 'zod'
import { defineCommand, jailName, JailopsError, lookAtFiles, nothingToDo, plan, seenInside, wordsIn } from 'jailops'

const file = '/etc/resolv.conf'
const address = z.union([z.ipv4(), z.ipv6()])
const domain = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/

export default defineCommand({
  path: 'jail resolver',
  summary: "Give a jail the host's name servers, or others",
  permission: 'jail.resolver',
  risk: 'change',
  example: 'jail resolver blog servers:9.9.9.9,1.1.1.1',
  needs: ['jails', 'resolver'],
  args: z.object({
    jail: jailName.describe('which jail'),
    servers: z
      .string()
      .max(200)
      .refine(
        (list) => isListOf(list, 3, (word) => address.safeParse(word).success),
        'write one to three addresses, such as 9.9.9.9,1.1.1.1',
      )
      .optional()
      .describe("their addresses; the host's if not given"),
    search: z
      .string()
      .max(250)
      .refine((list) => isListOf(list, 6, (word) => domain.test(word)), 'write one to six domains, such as example.com')
      .optional()
      .describe('domains to look short names up in'),
  }),
  looks: ({ args, facts }) => lookAtFiles(facts.runningJail(args.jail), [file]),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    if (args.servers === undefined && args.search !== undefined) {
      throw new JailopsError('missing_argument', 'Which name servers shall search them? Say servers:9.9.9.9 too.')
    }
    const text = args.servers === undefined ? facts.resolver : textOf(args.servers, args.search)
    if (text === '') {
      throw new JailopsError('host_not_ready', `${facts.layout.resolvConf} of the host is empty or missing. Say servers:9.9.9.9 instead.`)
    }
    const seen = seenInside(facts)
    if (seen.files.get(file)?.text === text) return nothingToDo(`${jail.name} has these name servers already.`)
    return plan(drivers.inside.resolver(jail, text, seen), {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: 'resolv.conf', value: text.trim().slice(0, 500) }],
    })
  },
})

function isListOf(list: string, most: number, isGood: (word: string) => boolean): boolean {
  const words = wordsIn(list)
  return words.length > 0 && words.length <= most && words.every(isGood)
}

function textOf(servers: string, search: string | undefined): string {
  const first = search === undefined ? [] : [`search ${wordsIn(search).join(' ')}`]
  return `${[...first, ...wordsIn(servers).map((server) => `nameserver ${server}`)].join('\n')}\n`
}
