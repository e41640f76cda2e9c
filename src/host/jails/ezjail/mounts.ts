import type { Jail, JailMount } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { readFstab } from '../fstab.ts'
import { mountNow, prepareMount, unmountNow } from '../mounting.ts'
import { fstabFile } from './control-file.ts'
import { fstabLine, mountOf } from './fstab-lines.ts'

/** From the next start on by the jail's fstab, and at once where it runs. */
export function mount(layout: Layout, jail: Jail, wanted: JailMount): Step[] {
  const { mount: checked, words, steps } = prepareMount(jail, wanted)
  const path = fstabFile(layout, jail.kernelName)
  return [
    ...steps,
    { title: `Show ${words}`, action: { kind: 'line', path, line: fstabLine(jail.root, checked), on: true } },
    ...(jail.state === 'running' ? [mountNow(jail, checked)] : []),
  ]
}

export function unmount(layout: Layout, jail: Jail, wanted: JailMount): Step[] {
  const line = readFstab(jail.texts?.['fstab'] ?? '').find((one) => mountOf(jail.root, one).some(({ on }) => on === wanted.on))
  return [
    {
      title: `Show ${wanted.from} of the host in ${jail.name} no more`,
      action: { kind: 'line', path: fstabFile(layout, jail.kernelName), line: line?.text ?? fstabLine(jail.root, wanted), on: false },
    },
    ...(jail.state === 'running' ? [unmountNow(jail, wanted)] : []),
  ]
}
