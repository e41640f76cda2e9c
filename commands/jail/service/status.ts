import { z } from 'zod'
import { defineCommand, jailName, lookAtServices, serviceName, serviceState } from 'jailops'

export default defineCommand({
  path: 'jail service status',
  summary: 'Whether a service of a jail runs, and starts with it',
  permission: 'jail.service.status',
  risk: 'read',
  example: 'jail service status blog nginx',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), service: serviceName.describe('such as nginx') }),
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    return { ...lookAtServices(jail, [args.service]), enabled: { argv: ['service', '-j', jail.kernelName, args.service, 'enabled'] } }
  },
  query({ args, facts }) {
    const answer = facts.look(`service ${args.service}`)
    const state = serviceState(args.service, answer)
    const says = { running: 'runs', stopped: 'does not run', silent: 'cannot say whether it runs' }
    const words = state === 'silent' ? '' : (answer.stdout || answer.stderr).trim().slice(0, 1000)
    return {
      title: `${args.service} ${says[state]} in ${args.jail}`,
      ...(words !== '' && { text: words }),
      fields: [{ name: 'With the jail', value: facts.look('enabled').exitCode === 0 ? 'starts' : 'stays off' }],
    }
  },
})
