import { z } from 'zod'
import { defineCommand, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail password set',
  summary: 'Give root of a jail a new random password, shown once to you alone',
  permission: 'jail.password.set',
  risk: 'change',
  confides: true,
  example: 'jail password set blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    return plan(
      [
        {
          title: `Give root of ${jail.name} a new password`,
          action: { kind: 'password', kernelName: jail.kernelName, user: 'root' },
          final: 'the old password cannot be brought back',
        },
      ],
      {
        resources: [`jail:${jail.name}`],
        remarks: ['The new password is shown once, to whoever asked, and to nobody else.'],
      },
    )
  },
})
