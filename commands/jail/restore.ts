import { z } from 'zod'
import { defineCommand, JailopsError, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail restore',
  summary: 'Bring a destroyed jail and its sites back from the trash',
  permission: 'jail.restore',
  risk: 'change',
  example: 'jail restore blog',
  needs: ['jails', 'trash', 'addresses', 'proxy'],
  names: { jail: 'trashed' },
  args: z.object({
    jail: jailName.describe('the name it had'),
    sites: z.boolean().default(true).describe('bring its sites back too; needs them to answer'),
  }),
  plan({ args, facts, drivers }) {
    const name = args.jail
    if (facts.jails.some((jail) => jail.name === name)) {
      throw new JailopsError('jail_exists', `There is a jail ${name} now. Destroy that one first, or leave the old one in the trash.`)
    }
    const entry = facts.trashed(name)
    const held = [...facts.addresses.taken, ...facts.reservedByOthers.map((word) => word.replace(/^address:/, ''))].includes(entry.address)
    const address = drivers.chooseAddress(held ? undefined : entry.address)
    const moved = address !== entry.address
    // files inside may name the old address, and what they say is their owner's: nothing inside is written anew
    const wanted = args.sites && entry.wasRunning && !moved ? entry.routes : []
    const free = wanted.filter((host) => !facts.proxy.routes.some((route) => route.host === host))
    const lost = wanted.filter((host) => !free.includes(host))
    return plan(
      [
        ...drivers.trash.back(entry, address),
        ...drivers.jails.boot(entry, entry.startsAtBoot),
        ...(free.length > 0
          ? [
              ...drivers.site.awaitAnswer(address),
              ...drivers.proxy.prepare(),
              ...drivers.proxy.route(
                free.map((host) => ({ host })),
                [{ jail: name, address, weight: 100 }],
              ),
            ]
          : []),
      ],
      {
        resources: [...drivers.jails.resources(entry), `trash:${name}`, `address:${address}`, 'rc.conf', 'proxy'],
        reserves: [`jail:${name}`, `address:${address}`, ...drivers.proxy.reserves()],
        outcome: [{ name: 'Address', value: address }, ...(free.length > 0 ? [{ name: 'Sites', value: free.join(', ') }] : [])],
        remarks: [
          ...(moved
            ? [
                `Its old address ${entry.address} is in use now, so it gets ${address}. What names the old one inside (nginx.conf, say) ` +
                  'must be changed there; after that /proxy add brings its sites back.',
              ]
            : []),
          ...(lost.length > 0 ? [`These sites belong to another jail now and stay there: ${lost.join(', ')}.`] : []),
        ],
      },
    )
  },
})
