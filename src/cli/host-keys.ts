import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { JailopsError } from '../core/errors.ts'
import { type SshTarget, sshTargetSchema } from '../core/ssh-target.ts'
import { type Keys, loadKeys } from '../queue/keys.ts'

/** One that signs: the bot, or a host. */
export interface KeyOwner {
  name: string
  /** Where it is a host that is reached over ssh. */
  target?: SshTarget
}

/** The keys of all that one process signs for. @throws config_error that names each one without a key, and what makes it */
export async function loadAllKeys(folder: string, owners: readonly KeyOwner[]): Promise<ReadonlyMap<string, Keys>> {
  const missing = owners.filter(({ name }) => !existsSync(join(folder, `${name}.key`)))
  if (missing.length > 0) throw new JailopsError('config_error', missing.map((owner) => missingKey(folder, owner)).join('\n'))
  return new Map(await Promise.all(owners.map(async ({ name }) => [name, await loadKeys(folder, name)] as const)))
}

/** The same for one alone. */
export async function loadOwnKeys(folder: string, name: string): Promise<Keys> {
  return (await loadAllKeys(folder, [{ name }])).get(name) ?? loadKeys(folder, name)
}

function missingKey(folder: string, owner: KeyOwner): string {
  return `There is no key for ${owner.name} in ${folder}. Make it with:\n  ${makingOf(owner)}`
}

/** `host add` makes the key also of a host that stands in jailops.yaml, if it is given the same settings; it knows no other folder. */
function makingOf({ name, target }: KeyOwner): string {
  const usual = sshTargetSchema.parse({ address: 'a', knownHosts: '/' })
  if (target === undefined || target.folder !== usual.folder) return `jailops host enroll ${name}`
  const { address, port, user, knownHosts, identity, become } = target
  return [
    `jailops host add ${name} --address ${address} --known-hosts ${knownHosts}`,
    ...(port === usual.port ? [] : [`--port ${port}`]),
    ...(user === usual.user ? [] : [`--user ${user}`]),
    ...(identity === undefined ? [] : [`--identity ${identity}`]),
    ...(become === usual.become ? [] : [`--become ${become}`]),
  ].join(' ')
}
