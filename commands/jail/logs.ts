import { z } from 'zod'
import { defineCommand, jailName, JailopsError, logName } from 'jailops'
import type { Facts } from 'jailops'

export default defineCommand({
  path: 'jail logs',
  summary: "The end of a log of a jail, or of its console's",
  permission: 'jail.logs',
  risk: 'read',
  example: 'jail logs blog nginx/error.log',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    file: logName.default('messages').describe('below /var/log, or the word console'),
    lines: z.int().min(1).max(1000).default(50).describe('how many; 50 if not given'),
  }),
  looks({ args, facts }) {
    const count = String(args.lines)
    if (args.file === 'console') return { log: { argv: ['tail', '-n', count, consoleOf(facts, args.jail)] } }
    const { kernelName } = facts.runningJail(args.jail)
    return { log: { argv: ['jexec', kernelName, 'tail', '-n', count, `/var/log/${args.file}`] } }
  },
  query({ args, facts }) {
    const { exitCode, stdout, stderr } = facts.look('log')
    const path = args.file === 'console' ? consoleOf(facts, args.jail) : `/var/log/${args.file}`
    if (exitCode !== 0) {
      throw new JailopsError(
        'bad_argument',
        `${path} cannot be read: ${(stderr || stdout).trim().slice(0, 300) || 'it gave no answer in time'}. What is there: /jail exec ${args.jail} ls /var/log`,
      )
    }
    const count = stdout.split('\n').length - (stdout.endsWith('\n') ? 1 : 0)
    return {
      title: stdout === '' ? `${path} of ${args.jail} is empty` : `The last ${count} lines of ${path} of ${args.jail}`,
      text: stdout,
    }
  },
})

/** The host keeps it, so it can be read of a stopped jail too. */
function consoleOf(facts: Facts, name: string): string {
  const { consoleLog, root } = facts.ownJail(name)
  // what root of the jail may make a link of would show any file of the host
  const isOfHost = (path: string) => path.startsWith('/') && !/\/\.{0,2}\//.test(path) && !path.startsWith(`${root}/`)
  if (consoleLog !== undefined && !isOfHost(consoleLog)) {
    throw new JailopsError(
      'not_supported_by_driver',
      `The console of ${name} goes to ${consoleLog}, which is not read from outside the jail. Let exec.consolelog name a file of the host, or read it by /jail logs ${name} if it is below /var/log.`,
    )
  }
  if (consoleLog !== undefined) return consoleLog
  throw new JailopsError(
    'not_supported_by_driver',
    `Nothing keeps what ${name} prints to its console. Read a log of its own: /jail logs ${name} messages`,
  )
}
