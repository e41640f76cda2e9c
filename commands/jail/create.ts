import { z } from 'zod'
import { defineCommand, JailopsError, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail create',
  summary: 'Make a jail with nginx inside, on an address from the pool',
  permission: 'jail.create',
  risk: 'change',
  example: 'jail create blog ip:10.0.0.5',
  needs: ['jails', 'addresses'],
  args: z.object({
    jail: jailName.describe('its name'),
    ip: z.ipv4('write an IPv4 address such as 10.0.0.5').optional().describe('an address of the pool; the lowest free one if not given'),
    boot: z.boolean().default(true).describe('start it when the host starts'),
    nginx: z.boolean().default(true).describe('install and start nginx with a first page'),
  }),
  plan({ args, facts, drivers, request }) {
    const name = args.jail
    if (facts.jails.some((jail) => jail.name === name)) {
      throw new JailopsError('jail_exists', `There is a jail ${name} already. Choose another name, or look at it with /jail info ${name}.`)
    }
    if (facts.reservedByOthers.includes(`jail:${name}`)) {
      throw new JailopsError('jail_name_taken', `Another open request is about to make a jail ${name}. See /job list.`)
    }
    const address = drivers.chooseAddress(args.ip)
    const jail = { name, manager: facts.layout.manager, address, startsAtBoot: args.boot, type: 'thick', vnet: false } as const
    const made = drivers.jails.expected(jail)
    const boot = drivers.jails.boot(jail, args.boot)
    return plan([...drivers.jails.create(jail, request), ...(args.nginx ? drivers.site.install(made, address) : []), ...boot], {
      // a jail that starts without any step does so by what the list says now
      resources: [...drivers.jails.resources(jail), `address:${address}`, ...(args.boot || boot.length > 0 ? ['rc.conf'] : [])],
      reserves: [`jail:${name}`, `address:${address}`],
      outcome: [
        { name: 'Address', value: address },
        { name: 'Root', value: made.root },
        { name: 'At boot', value: args.boot ? 'starts' : 'stays off' },
      ],
    })
  },
})
