import type { Jail } from '../../core/jail.ts'
import type { Step } from '../../core/step.ts'

/** Its files neither change nor show somebody else's. */
export function isAtRest({ name, kernelName, root }: Jail, verb: 'moved' | 'copied'): Step[] {
  return [
    {
      title: `Check that ${name} is stopped`,
      action: { kind: 'require', otherwise: `${name} runs (again). Nothing of it was ${verb}.` },
      done: { kind: 'jail', name: kernelName, running: false },
    },
    {
      title: `Check that nothing is mounted in ${name}`,
      action: { kind: 'require', otherwise: `Something is still mounted below ${root}: see \`mount -p\`, unmount it, and ask again.` },
      done: { kind: 'no-mounts', path: root },
    },
  ]
}
