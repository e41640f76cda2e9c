import { z } from 'zod'
import { defineCommand, jailName, JailopsError, jailTypes, managers, plan } from 'jailops'

export default defineCommand({
  path: 'jail import',
  summary: 'Make a jail of an archive that an export made',
  permission: 'jail.import',
  risk: 'change',
  example: 'jail import blog-r4k2x9m1n7p3q8s5 as:blog2',
  needs: ['jails', 'addresses', 'archives', 'releases'],
  names: { as: 'new' },
  args: z.object({
    archive: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,80}$/, 'an archive is named as /jail export said, without .txz')
      .describe('its name, without .txz'),
    as: jailName.optional().describe('the name of the new jail; its old one if not given'),
    ip: z.ipv4('write an IPv4 address such as 10.0.0.5').optional().describe('an address of the pool'),
    manager: z.enum(managers).optional().describe('who keeps the new jail'),
    type: z.enum(jailTypes).optional().describe('as it was if not given'),
    boot: z.boolean().optional().describe('start it when the host starts'),
    start: z.boolean().default(true).describe('start it now'),
  }),
  plan({ args, facts, drivers, request }) {
    const archive = facts.archives.find((one) => one.name === args.archive)
    if (archive === undefined) {
      const names = facts.archives.map((one) => one.name)
      throw new JailopsError(
        'unknown_archive',
        `There is no archive ${args.archive} in ${facts.layout.archives}. There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ') || 'none'}.`,
      )
    }
    const name = args.as ?? archive.jail.name
    if (facts.jails.some((jail) => jail.name === name)) {
      throw new JailopsError('jail_exists', `There is a jail ${name} already. Choose another name, as in as:${name}2.`)
    }
    if (facts.reservedByOthers.includes(`jail:${name}`)) {
      throw new JailopsError('jail_name_taken', `Another open request is about to make a jail ${name}. See /job list.`)
    }
    const address = drivers.chooseAddress(args.ip)
    const jail = {
      name,
      manager: args.manager ?? archive.jail.manager,
      address,
      startsAtBoot: args.boot ?? archive.jail.startsAtBoot,
      type: args.type ?? archive.jail.type,
      ...(archive.jail.release !== undefined && { release: archive.jail.release }),
      vnet: false,
    }
    const made = drivers.jails.expected(jail)
    return plan(
      [
        ...drivers.archives.read(archive, jail, request),
        ...(args.start ? drivers.jails.start(made) : []),
        ...drivers.jails.boot(jail, jail.startsAtBoot),
      ],
      {
        resources: [...drivers.jails.resources(jail), `address:${address}`, 'rc.conf'],
        reserves: [`jail:${name}`, `address:${address}`],
        outcome: [
          { name: 'Address', value: address },
          { name: 'Root', value: made.root },
        ],
        remarks: ['What names the old address inside (nginx.conf, say) must be changed there before its services answer.'],
      },
    )
  },
})
