import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { controlLine } from './control-file.ts'

/** Another value in a control file. The new line is there before the old one goes: of two the last counts. */
export function changeValue(
  path: string,
  { kernelName, properties }: Pick<Jail, 'kernelName' | 'properties'>,
  { variable, value, title }: { variable: string; value: string; title: string },
): Step[] {
  const old = properties[variable] ?? ''
  if (old === value) return []
  return [
    { title, action: { kind: 'line', path, line: controlLine(kernelName, variable, value), on: true } },
    { title: `Take its old ${variable} away`, action: { kind: 'line', path, line: controlLine(kernelName, variable, old), on: false } },
  ]
}
