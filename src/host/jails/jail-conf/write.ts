import type { Facts } from '../../../core/host.ts'
import type { Step } from '../../../core/step.ts'
import { configurationFile } from './configuration.ts'
import { type JailFile, jailConfiguration } from './jail-file.ts'

/** The jail's file as a whole; jail(8) has read it before it counts. */
export function writeConfiguration({ layout, hasMeta }: Pick<Facts, 'layout' | 'hasMeta'>, file: JailFile, title: string): Step {
  return {
    title,
    action: {
      kind: 'write',
      path: configurationFile(layout, file.name),
      content: jailConfiguration(file, hasMeta === true),
      mode: 0o644,
      check: ['jail', '-f', '{staged}', '-e', '|'],
    },
  }
}
