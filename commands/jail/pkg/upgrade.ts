import { z } from 'zod'
import { defineCommand, jailName, JailopsError, lookAtPackages, nothingToDo, packageList, plan, seenInside, wordsIn } from 'jailops'

export default defineCommand({
  path: 'jail pkg upgrade',
  summary: "Bring a jail's packages to their newest versions",
  permission: 'jail.pkg.upgrade',
  risk: 'change',
  example: 'jail pkg upgrade blog',
  needs: ['jails', 'snapshots'],
  args: z.object({ jail: jailName.describe('which jail'), packages: packageList.optional().describe('only these; all if not given') }),
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    return { ...lookAtPackages(jail), newer: { argv: ['pkg', '-j', jail.kernelName, 'version', '-vRL='], timeoutSeconds: 120 } }
  },
  plan({ args, facts, drivers, request }) {
    const jail = facts.runningJail(args.jail)
    const wanted = args.packages === undefined ? undefined : wordsIn(args.packages)
    const { packages } = seenInside(facts)
    const missing = wanted?.find((word) => !packages.some(({ name }) => name === word))
    if (missing !== undefined)
      throw new JailopsError('unknown_package', `${jail.name} has no package ${missing}. See /jail pkg list ${jail.name}`)
    const asked = facts.look('newer')
    if (asked.exitCode !== 0)
      throw new JailopsError('host_not_ready', `pkg does not say what is newer: ${asked.stderr.trim().slice(0, 300)}`)
    const locked = packages.filter((one) => one.locked).map(({ name }) => name)
    const all = newerOnes(asked.stdout, packages).filter(({ name }) => wanted?.includes(name) !== false)
    const newer = all.filter(({ name }) => !locked.includes(name))
    const kept = all.filter(({ name }) => locked.includes(name)).map(({ name }) => `${name} is locked and stays as it is.`)
    if (newer.length === 0) return nothingToDo(`Every package asked for in ${jail.name} is the newest there is. ${kept.join(' ')}`.trim())
    const hasSnapshot = facts.datasets.some(({ mountpoint, isMounted }) => isMounted && mountpoint === jail.root)
    const name = `before-${request}`
    const [before, back] = hasSnapshot ? [drivers.snapshots.create(jail, name), drivers.snapshots.back(jail, name)] : [[], []]
    return plan([...before, drivers.inside.upgradePackages(jail, newer, back)], {
      resources: drivers.jails.resources(jail),
      outcome: [
        { name: 'Packages', value: newer.map((one) => `${one.name} ${one.from} → ${one.to}`).join(', ') },
        ...(hasSnapshot ? [{ name: 'Snapshot', value: name }] : []),
      ],
      remarks: [
        ...kept,
        ...(hasSnapshot
          ? ['Should it fail, the jail is stopped, brought back to the snapshot, and started: what is written in it meanwhile is lost.']
          : []),
        'Services go on with the old version until they are restarted: /jail service restart.',
      ],
    })
  },
})

/** Of `nginx-1.28.0   <   needs updating (remote has 1.28.1)`. */
function newerOnes(text: string, packages: readonly { name: string; version: string }[]) {
  return text.split('\n').flatMap((line) => {
    const [, full, to] = /^(\S+)\s+<\s.*\(remote has (\S+)\)/.exec(line) ?? []
    const found = packages.find(({ name, version }) => `${name}-${version}` === full)
    return found === undefined || to === undefined ? [] : [{ name: found.name, from: found.version, to }]
  })
}
