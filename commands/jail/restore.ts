import { z } from 'zod'
import { defineCommand, JailopsError, jailName, plan, resourcesOf, siteSteps, sitesOfTrash, siteText } from 'jailops'

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
  plan(context) {
    const { args, facts, drivers } = context
    const name = args.jail
    if (facts.jails.some((jail) => jail.name === name)) {
      throw new JailopsError('jail_exists', `There is a jail ${name} now. Destroy that one first, or leave the old one in the trash.`)
    }
    const entry = facts.trashed(name)
    const held = [...facts.addresses.taken, ...facts.reservedByOthers.map((word) => word.replace(/^address:/, ''))].includes(entry.address)
    const address = drivers.chooseAddress(held ? undefined : entry.address)
    const moved = address !== entry.address
    // files inside may name the old address, and what they say is their owner's: nothing inside is written anew
    const { changes, lost } = args.sites && entry.wasRunning && !moved ? sitesOfTrash(facts, entry) : { changes: [], lost: [] }
    const back = changes.flatMap(({ after }) => (after === null ? [] : [siteText(after)]))
    return plan(
      [
        ...drivers.trash.back(entry, address),
        ...drivers.jails.boot(entry, entry.startsAtBoot),
        ...(changes.length > 0
          ? [...drivers.site.awaitAnswer(address), ...siteSteps({ ...context, coming: { jail: name, address } }, changes)]
          : []),
      ],
      {
        resources: [...drivers.jails.resources(entry), `trash:${name}`, `address:${address}`, 'rc.conf', ...resourcesOf(drivers, changes)],
        sites: changes,
        reserves: [`jail:${name}`, `address:${address}`, ...drivers.proxy.reserves()],
        outcome: [{ name: 'Address', value: address }, ...(back.length > 0 ? [{ name: 'Sites', value: back.join(', ') }] : [])],
        remarks: [
          ...(moved
            ? [
                `Its old address ${entry.address} is in use now, so it gets ${address}. What names the old one inside (nginx.conf, say) ` +
                  'must be changed there; after that /proxy add brings its sites back.',
              ]
            : []),
          ...(lost.length > 0
            ? [
                `These sites do not come back, since another jail or person has them now, or nobody has the host above them: ${lost.join(', ')}.`,
              ]
            : []),
        ],
      },
    )
  },
})
