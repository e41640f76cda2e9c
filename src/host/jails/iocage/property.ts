import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { isThere } from './guards.ts'
import { says, saysNot } from './config.ts'
import { callIocage } from './paths.ts'

/**
 * `iocage set`, looked at in config.json afterwards. It writes that before it asks the kernel to change a running jail, so on the way back too it is
 * the file that counts; what was not in it before stays there as its default.
 */
export function setSteps(
  layout: Pick<Layout, 'iocage'>,
  name: string,
  { key, from, to, title }: { key: string; from: string; to: string; title: string },
): Step[] {
  const set = (value: string) => callIocage(['set', `${key}=${value}`, name], name)
  return [
    isThere(layout, name),
    {
      title,
      action: set(to),
      done: says(layout, name, key, to),
      undo: [{ action: set(from), unless: saysNot(layout, name, key, to) }],
    },
  ]
}
