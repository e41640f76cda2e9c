import type { Backend } from '../core/proxy.ts'
import { isSlot } from '../host/proxy/slots.ts'

/**
 * By which names backends are counted. A spare backend is one jail's after another's: by its own name alone, whoever has it now would be
 * shown the requests and errors of whoever had it before.
 */
export interface CountedAs {
  of(backend: string): string
  /** undefined: nobody is there any more. */
  backendOf(counted: string): string | undefined
}

export function countedAs(backends: readonly Backend[]): CountedAs {
  const names = new Map(
    backends.flatMap(({ name, targets }) => (isSlot(name) ? [[name, [name, ...targets.map(targetWord)].join(' ')] as const] : [])),
  )
  const of = (backend: string) => names.get(backend) ?? backend
  return {
    of,
    backendOf(counted) {
      const [backend = counted] = counted.split(' ', 1)
      return of(backend) === counted ? backend : undefined
    },
  }
}

function targetWord({ jail, port }: Backend['targets'][number]): string {
  return port === undefined ? jail : `${jail}:${port}`
}
