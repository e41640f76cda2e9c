import type { Facts } from '../../../core/host.ts'
import type { Jail, JailMount } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { mountNow, prepareMount, unmountNow } from '../mounting.ts'
import { readFstab } from '../fstab.ts'
import { fstabLine, mountOf } from './fstab.ts'
import { mustBeJail } from './guards.ts'
import { fstabOf } from './paths.ts'

/*
 * A line in the jail's fstab, which lies beside its root and not in it. Not by `iocage fstab`: it writes the whole file anew without its comments,
 * mounts over whatever a link in the jail leads to, and only mentions what it could not mount.
 */

type Known = Pick<Facts, 'layout'>

export function mountInto({ layout }: Known, jail: Jail, wanted: JailMount): Step[] {
  mustBeJail(jail)
  const { mount, words, steps } = prepareMount(jail, wanted)
  return [
    ...steps,
    {
      title: `Show ${words}`,
      action: { kind: 'line', path: fstabOf(layout, jail.name), line: fstabLine(jail.root, mount), on: true },
    },
    ...(jail.state === 'running' ? [mountNow(jail, mount)] : []),
  ]
}

export function unmountFrom({ layout }: Known, jail: Jail, mount: JailMount): Step[] {
  mustBeJail(jail)
  const known = readFstab(jail.texts?.['fstab'] ?? '')
  const line = known.find((one) => mountOf({ root: jail.root, iocageRoot: layout.iocage.root }, one).some(({ on }) => on === mount.on))
  return [
    {
      title: `Show ${mount.from} of the host in ${jail.name} no more`,
      action: { kind: 'line', path: fstabOf(layout, jail.name), line: line?.text ?? fstabLine(jail.root, mount), on: false },
    },
    ...(jail.state === 'running' ? [unmountNow(jail, mount)] : []),
  ]
}
