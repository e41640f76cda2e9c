import { z } from 'zod'
import { defineCommand, type Facts, jailName, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail password lock',
  summary: 'Let nobody log in as root of a jail by a password',
  permission: 'jail.password.lock',
  risk: 'change',
  example: 'jail password lock blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  looks: ({ args, facts }) => ({ locked: { argv: isLocked(facts, args.jail) } }),
  plan({ args, facts }) {
    const { name, kernelName } = facts.runningJail(args.jail)
    if (facts.look('locked').exitCode === 0) return nothingToDo(`root of ${name} is locked already.`)
    const argv = isLocked(facts, args.jail)
    return plan(
      [
        {
          title: `Lock root of ${name}`,
          action: { kind: 'run', argv: ['jexec', kernelName, 'pw', 'lock', 'root'], timeoutSeconds: 60 },
          done: { kind: 'command', argv, exitCode: 0 },
          undo: [
            {
              action: { kind: 'run', argv: ['jexec', kernelName, 'pw', 'unlock', 'root'], timeoutSeconds: 60 },
              unless: { kind: 'command', argv, exitCode: 1 },
            },
          ],
        },
      ],
      { resources: [`jail:${name}`], outcome: [{ name: 'Taken back by', value: `/jail password set ${name}, or pw unlock root in it` }] },
    )
  },
})

/** 0: it is locked. 1: it is not. Asked of the jail itself, and without showing the hash. */
function isLocked(facts: Facts, jail: string): string[] {
  return ['jexec', facts.runningJail(jail).kernelName, 'grep', '-c', String.raw`^root:\*LOCKED\*`, '/etc/master.passwd']
}
