import type { Facts } from '../../../core/host.ts'
import type { Jail, JailMount } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { mountNow, prepareMount, unmountNow } from '../mounting.ts'
import { notSupported } from '../not-supported.ts'
import { fstabLine } from './files.ts'
import { fstabOf } from './paths.ts'

/*
 * A line of the jail's fstab, and mount(8) right now where the jail runs. `bastille mount` makes what is missing by a path of the host, which leads
 * wherever root in the jail wants, and mounts all of the fstab anew.
 */

type Seen = Pick<Facts, 'layout'>

export function mountInto({ layout }: Seen, jail: Jail, wanted: JailMount): Step[] {
  if (/^\/\.bastille(\/|$)/.test(wanted.on))
    notSupported('bastille', 'room at /.bastille, where a jail sees its release', 'Choose another place.')
  const { mount, words, steps } = prepareMount(jail, wanted)
  return [
    ...steps,
    { title: `Show ${words}`, action: inFstab(layout, jail, mount, fstabLine(jail.root, mount)) },
    ...(jail.state === 'running' ? [mountNow(jail, mount)] : []),
  ]
}

export function unmountFrom({ layout }: Seen, jail: Jail, mount: JailMount): Step[] {
  return [
    { title: `Show ${mount.from} of the host in ${jail.name} no more`, action: inFstab(layout, jail, mount, null) },
    ...(jail.state === 'running' ? [unmountNow(jail, mount)] : []),
  ]
}

function inFstab(layout: Facts['layout'], { name, root }: Jail, { on }: JailMount, line: string | null): Step['action'] {
  return { kind: 'edit', path: fstabOf(layout, name), edits: [{ what: 'mount', on: `${root}${on}`, line }] }
}
