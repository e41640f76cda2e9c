import { z } from 'zod'
import { defineCommand, JailopsError, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail restore',
  summary: 'Bring a destroyed jail and its sites back from the trash',
  permission: 'jail.restore',
  risk: 'change',
  example: 'jail restore blog',
  needs: ['jails', 'trash', 'addresses', 'proxy'],
  args: z.object({ jail: jailName.describe('the name it had') }),
  plan({ args, facts, drivers }) {
    const name = args.jail
    if (facts.jails.some((jail) => jail.name === name)) {
      throw new JailopsError('jail_exists', `There is a jail ${name} now. Destroy that one first, or leave the old one in the trash.`)
    }
    const entry = facts.trashed(name)
    const held = [...facts.addresses.taken, ...facts.reservedByOthers.map((word) => word.replace(/^address:/, ''))].includes(entry.address)
    const address = drivers.chooseAddress(held ? undefined : entry.address)
    const moved = address !== entry.address
    const free = entry.routes.filter((host) => !facts.proxy.routes.some((route) => route.host === host))
    const lost = entry.routes.filter((host) => !free.includes(host))
    return plan(
      [
        ...drivers.jails.fromTrash(entry, address),
        ...(entry.startsAtBoot ? drivers.jails.boot(name, true) : []),
        // nginx in the jail listens on the address it had
        ...(moved && entry.wasRunning ? drivers.site.install({ name, address }) : []),
        ...(entry.wasRunning && free.length > 0 ? drivers.site.awaitAnswer(address) : []),
        ...(entry.wasRunning && free.length > 0 ? [...drivers.proxy.prepare(), ...drivers.proxy.add(free, { name, address })] : []),
      ],
      {
        resources: [`jail:${name}`, `address:${address}`, 'rc.conf', 'proxy'],
        reserves: [`jail:${name}`, `address:${address}`],
        outcome: [{ name: 'Address', value: address }, ...(free.length > 0 ? [{ name: 'Sites', value: free.join(', ') }] : [])],
        remarks: [
          ...(moved ? [`Its old address ${entry.address} is in use now, so it gets ${address}.`] : []),
          ...(lost.length > 0 ? [`These sites belong to another jail now and stay there: ${lost.join(', ')}.`] : []),
        ],
      },
    )
  },
})
