import { z } from 'zod'
import { defineCommand, JailopsError, jailName, plan, splitWords } from 'jailops'

export default defineCommand({
  path: 'jail exec',
  summary: 'Run one program in a jail, as its root, and show what it prints',
  permission: 'jail.exec',
  risk: 'change',
  example: 'jail exec blog nginx -t',
  rest: 'command',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    command: z
      .string()
      .max(2000, 'is too long: put it into a script in the jail')
      .superRefine((text, context) => {
        const message = problemOf(text)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      })
      .describe('the program and its words; no shell reads it'),
    timeout: z.int().min(1).max(3600).default(60).describe('seconds it may take'),
  }),
  narrowedBy: ({ command }) => splitWords(command),
  plan({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    const words = splitWords(args.command)
    return plan(
      [
        {
          title: `Run ${words[0] ?? ''} in ${jail.name}`,
          action: {
            kind: 'run',
            argv: ['jexec', '-l', '-U', 'root', jail.kernelName, ...words],
            timeoutSeconds: args.timeout,
            shows: true,
          },
          final: 'what it does cannot be taken back',
          asked: true,
        },
      ],
      { resources: [`jail:${jail.name}`] },
    )
  },
})

/** Said before anything is asked of the host: what stands there is what runs, word for word. */
function problemOf(text: string): string | undefined {
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u.test(text))
    return 'has a line break or another invisible character in it; write one line'
  try {
    const [program] = splitWords(text)
    if (program === undefined || program === '') return 'names no program; write one such as "nginx -t"'
    return program.startsWith('-') ? 'begins with an option; write the program first' : undefined
  } catch (error) {
    return error instanceof JailopsError ? error.message : 'cannot be read'
  }
}
