import type { Mark } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { markKey, markText } from '../../marks.ts'
import { writeRecord } from './write-record.ts'

/** Of a jail that we made it stands in its own file, and in the kernel's `meta` while it runs; of one that was adopted in the marks file. */
export function markJail(facts: Facts, jail: Jail, mark: Mark): Step[] {
  if (jail.isMarked || !jail.ours) return [markLine(facts, jail, mark)]
  if (!mark.ours) {
    throw new JailopsError(
      'bad_argument',
      `${jail.name} was made by jailops, as its file says. To be rid of it: /jail destroy ${jail.name}`,
    )
  }
  return writeRecord(facts, jail, { tags: [...mark.tags], note: mark.note }, `Write tags and note of ${jail.name} into its configuration`)
}

function markLine({ layout }: Facts, jail: Jail, mark: Mark): Step {
  return {
    title: mark.ours ? `Mark ${jail.name} as a jail that jailops may change` : `Leave ${jail.name} to whoever made it`,
    action: { kind: 'map-entry', path: layout.marks, key: markKey(jail), value: mark.ours ? markText(mark) : null },
  }
}
