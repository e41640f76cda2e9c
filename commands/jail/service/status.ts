import { defineCommand, lookAtServices, lookWhetherEnabled, serviceIn, serviceOfJail } from 'jailops'

export default defineCommand({
  path: 'jail service status',
  summary: 'Whether a service of a jail runs, and starts with it',
  permission: 'jail.service.status',
  risk: 'read',
  example: 'jail service status blog nginx',
  needs: ['jails'],
  args: serviceOfJail,
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    return { ...lookAtServices(jail, [args.service]), ...lookWhetherEnabled(jail, args.service) }
  },
  query({ args, facts }) {
    const answer = facts.look(`service ${args.service}`)
    const { state } = serviceIn(facts, args)
    const says = { running: 'runs', stopped: 'does not run', silent: 'cannot say whether it runs' }
    const words = state === 'silent' ? '' : (answer.stdout || answer.stderr).trim().slice(0, 1000)
    return {
      title: `${args.service} ${says[state]} in ${args.jail}`,
      ...(words !== '' && { text: words }),
      fields: [{ name: 'With the jail', value: facts.look('enabled').exitCode === 0 ? 'starts' : 'stays off' }],
    }
  },
})
