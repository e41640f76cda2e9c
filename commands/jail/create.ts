import { z } from 'zod'
import {
  defineCommand,
  fillingOf,
  JailopsError,
  jailName,
  jailTypes,
  managers,
  packageList,
  plan,
  releaseName,
  serviceList,
  templateName,
  wordsIn,
} from 'jailops'

export default defineCommand({
  path: 'jail create',
  summary: 'Make a jail, with what shall be in it, on an address from the pool',
  permission: 'jail.create',
  risk: 'change',
  example: 'jail create blog ip:10.0.0.5',
  needs: ['jails', 'addresses', 'templates', 'releases'],
  names: { jail: 'new' },
  args: z.object({
    jail: jailName.describe('its name'),
    ip: z.ipv4('write an IPv4 address such as 10.0.0.5').optional().describe('of the pool; the lowest free one if not given'),
    boot: z.boolean().default(true).describe('start it when the host starts'),
    nginx: z.boolean().optional().describe('nginx with a first page; yes if no template is given'),
    template: templateName.optional().describe('what shall be in it'),
    packages: packageList.optional().describe('to install, such as git-lite,vim'),
    services: serviceList.optional().describe('to enable and start'),
    manager: z.enum(managers).optional().describe("the host's usual one if not given"),
    type: z.enum(jailTypes).optional().describe('thin shares its base'),
    release: releaseName.optional().describe('such as 15.1-RELEASE'),
    vnet: z.boolean().default(false).describe('a network stack of its own'),
    keep: z.boolean().default(false).describe('should it fail, leave what is there'),
  }),
  plan({ args, facts, drivers, request }) {
    const name = args.jail
    if (facts.jails.some((jail) => jail.name === name)) {
      throw new JailopsError('jail_exists', `There is a jail ${name} already. Choose another name, or look at it with /jail info ${name}.`)
    }
    if (facts.reservedByOthers.includes(`jail:${name}`)) {
      throw new JailopsError('jail_name_taken', `Another open request is about to make a jail ${name}. See /job list.`)
    }
    const manager = args.manager ?? facts.layout.manager
    if (!facts.managers.some((one) => one.manager === manager)) {
      throw new JailopsError(
        'host_not_ready',
        `This host has no ${manager}. It has: ${facts.managers.map((one) => one.manager).join(', ')}.`,
      )
    }
    const filling = fillingOf(facts, {
      template: args.template,
      packages: wordsIn(args.packages ?? ''),
      services: wordsIn(args.services ?? ''),
    })
    const address = drivers.chooseAddress(args.ip)
    const jail = {
      name,
      manager,
      address,
      startsAtBoot: args.boot,
      // only jail(8) has no base that its jails share from the start
      type: args.type ?? (manager === 'jail.conf' ? 'thick' : 'thin'),
      vnet: args.vnet,
      ...(args.release !== undefined && { release: args.release }),
    }
    const made = drivers.jails.expected(jail)
    const boot = drivers.jails.boot(jail, args.boot)
    const site = (args.nginx ?? args.template === undefined) ? drivers.site.install(made, address) : []
    return plan([...drivers.jails.create(jail, request), ...site, ...drivers.inside.template(made, filling), ...boot], {
      keep: args.keep,
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
