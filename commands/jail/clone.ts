import { z } from 'zod'
import { defineCommand, jailName, JailopsError, plan } from 'jailops'

/** A jail made before there were the others has only the first. */
const nginxFiles = ['nginx.conf', 'jailops/listen.inc', 'jailops/10-site.conf', 'jailops/20-status.conf'].map(
  (name) => `/usr/local/etc/nginx/${name}`,
)

export default defineCommand({
  path: 'jail clone',
  summary: 'Make a copy of a jail, under another name and address',
  permission: 'jail.clone',
  risk: 'change',
  example: 'jail clone blog to:blog-test',
  needs: ['jails', 'addresses', 'snapshots'],
  names: { to: 'new' },
  args: z.object({
    jail: jailName.describe('which jail'),
    to: jailName.describe('the name of the copy'),
    ip: z.ipv4('write an IPv4 address such as 10.0.0.5').optional().describe('an address of the pool'),
    boot: z.boolean().default(false).describe('start the copy when the host starts'),
    start: z.boolean().default(true).describe('start the copy now'),
  }),
  looks({ args, facts }) {
    const jail = facts.ownJail(args.jail)
    return jail.state === 'running' ? { nginx: { argv: ['jexec', jail.kernelName, 'cat', ...nginxFiles] } } : {}
  },
  plan({ args, facts, drivers, request }) {
    const jail = facts.ownJail(args.jail)
    const { to } = args
    if (facts.jails.some((one) => one.name === to))
      throw new JailopsError('jail_exists', `There is a jail ${to} already. Choose another name.`)
    if (facts.reservedByOthers.includes(`jail:${to}`)) {
      throw new JailopsError('jail_name_taken', `Another open request is about to make a jail ${to}. See /job list.`)
    }
    const address = drivers.chooseAddress(args.ip)
    const copy = {
      name: to,
      manager: jail.manager,
      address,
      startsAtBoot: args.boot,
      type: jail.type ?? 'thick',
      ...(jail.release !== undefined && { release: jail.release }),
      vnet: jail.vnet,
    }
    const made = drivers.jails.expected(copy)
    // a snapshot is of one moment; files that are copied one by one while they change are of many
    const isCopied = drivers.jails.parts(jail).tree.kind === 'folder' || (jail.manager === 'jail.conf' && copy.type === 'thick')
    const mustStop = jail.state === 'running' && isCopied
    const hasOurNginx = jail.address !== undefined && drivers.site.wrote(facts.looked['nginx']?.stdout ?? '', jail.name, jail.address)
    return plan(
      [
        ...(mustStop ? drivers.jails.stop(jail) : []),
        ...drivers.jails.clone(jail, copy, request),
        ...(mustStop ? drivers.jails.start(jail) : []),
        ...(args.start ? drivers.jails.start(made) : []),
        ...(args.start && hasOurNginx ? drivers.site.install(made, address) : []),
        ...drivers.jails.boot(copy, args.boot),
      ],
      {
        resources: [...drivers.jails.resources(jail), `jail:${to}`, `address:${address}`, 'rc.conf'],
        reserves: [`jail:${to}`, `address:${address}`],
        outcome: [
          { name: 'Address', value: address },
          { name: 'Root', value: made.root },
          { name: 'At boot', value: args.boot ? 'starts' : 'stays off' },
        ],
        remarks: [
          ...(mustStop ? [`${jail.name} is stopped while it is copied, and started again.`] : []),
          // ezjail's copies have none of them
          ...jail.mounts
            .filter((mount) => !mount.readOnly && jail.manager !== 'ezjail')
            .map((mount) => `Both will write to ${mount.from} of the host, at ${mount.on}: /jail mount remove ${to} on:${mount.on}`),
          ...(hasOurNginx
            ? []
            : [`What names the address or name of ${jail.name} inside must be changed in the copy before its services answer.`]),
        ],
      },
    )
  },
})
