import type { InsideDriver } from '../../core/drivers.ts'
import type { Jail } from '../../core/jail.ts'
import type { Probe, Step } from '../../core/step.ts'

type RunInside = InsideDriver['run']

/** A command in the jail, as argv. */
export const runInside: RunInside = ({ kernelName }, argv, { title, shows, timeoutSeconds = 60, final }) => ({
  title,
  action: { kind: 'run', argv: ['jexec', kernelName, ...argv], timeoutSeconds, ...(shows === true && { shows: true }) },
  ...(final !== undefined && { final }),
})

/** A whole file, by the jail's own tee: a path below its root would lead through symlinks that were planted there to the host's files. */
export function writeInside({ kernelName }: Pick<Jail, 'kernelName'>, path: string, content: string, title: string): Step {
  return {
    title,
    action: { kind: 'run', argv: ['jexec', kernelName, 'tee', path], stdin: content, timeoutSeconds: 60 },
    done: contentIs(kernelName, path, content),
  }
}

/** Compared as probes do: without the last newline. */
export function contentIs(kernelName: string, path: string, content: string): Probe {
  return { kind: 'command', argv: ['jexec', kernelName, 'cat', path], stdout: content.replace(/\n$/, '') }
}
