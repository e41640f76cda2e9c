import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { jailFileOf } from './read-file.ts'
import { type JailRecord, recordText } from './record.ts'
import { modify } from './set.ts'
import { writeConfiguration } from './write.ts'

/** Some of what is noted of a jail, in its file and in the kernel's `meta` while it runs. */
export function writeRecord(facts: Pick<Facts, 'layout' | 'hasMeta'>, jail: Jail, changes: Partial<JailRecord>, title: string): Step[] {
  const file = jailFileOf(jail)
  const record = { ...file.record, ...changes }
  const [before, after] = [recordText(file.record), recordText(record)]
  return [
    writeConfiguration(facts, { ...file, record }, title),
    ...(jail.state === 'running' && facts.hasMeta === true && before !== after ? [noteLive(jail, before, after)] : []),
  ]
}

function noteLive({ name, kernelName }: Jail, before: string, after: string): Step {
  return {
    title: `Note it in the running ${name} too`,
    action: modify(kernelName, `meta.jailops=${after}`),
    done: { kind: 'command', argv: ['jls', '-j', kernelName, 'meta.jailops'], stdout: after },
    undo: [{ action: modify(kernelName, `meta.jailops=${before}`) }],
  }
}
