import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, JailMount } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import type { JailFile } from './jail-file.ts'
import { jailFileOf } from './read-file.ts'
import { mountNow, prepareMount, unmountNow } from '../mounting.ts'
import { writeConfiguration } from './write.ts'

/** jail(8) mounts it at each start by the file (and refuses a target that is a symlink), mount(8) right now. */
export function mountInto(facts: Facts, jail: Jail, wanted: JailMount): Step[] {
  const { mount, words, steps } = prepareMount(jail, wanted)
  const file = jailFileOf(jail)
  return [
    ...steps,
    writeConfiguration(facts, { ...file, mounts: [...file.mounts, mount] }, `Show ${words}`),
    ...(jail.state === 'running' ? [mountNow(jail, mount)] : []),
  ]
}

export function unmountFrom(facts: Facts, jail: Jail, { on }: Pick<JailMount, 'on'>): Step[] {
  const file = jailFileOf(jail)
  const mount = file.mounts.find((one) => one.on === on)
  if (mount === undefined) {
    const known = file.mounts.map((one) => one.on).join(', ') || 'none'
    throw new JailopsError('bad_argument', `Nothing of the host is shown in ${jail.name} at ${on} (mounts: ${known}).`)
  }
  const without: JailFile = { ...file, mounts: file.mounts.filter((one) => one !== mount) }
  return [
    writeConfiguration(facts, without, `Show ${mount.from} of the host in ${jail.name} no more`),
    ...(jail.state === 'running' ? [unmountNow(jail, mount)] : []),
  ]
}
