import type { Fault, Faults, Route } from './interface.ts'

/** The faults that were asked for and have not happened yet; the server takes them as it goes. */
export interface PendingFaults {
  forTests: Omit<Faults, 'malformed'>
  takeRequestFault(route: Route): Fault | undefined
  /** What is to happen to the next interaction. */
  takeDispatchFault(): DispatchFault
}

export interface DispatchFault {
  lateMs: number
  isLost: boolean
  isTwice: boolean
  /** Dispatch again when the session is resumed. */
  isAgain: boolean
}

export function createFaults(): PendingFaults {
  let requests: { route: Route | 'any'; fault: Fault; times: number }[] = []
  let dispatches: { fault: Partial<DispatchFault>; times: number }[] = []
  const dispatch = (fault: Partial<DispatchFault>, { times = 1 } = {}) => void dispatches.push({ fault, times })
  return {
    forTests: {
      next: (route, fault, { times = 1 } = {}) => void requests.push({ route, fault, times }),
      late: (ms, options) => dispatch({ lateMs: ms }, options),
      lost: (options) => dispatch({ isLost: true }, options),
      twice: (when = 'at once', options) => dispatch(when === 'at once' ? { isTwice: true } : { isAgain: true }, options),
      clear() {
        requests = []
        dispatches = []
      },
    },
    takeRequestFault(route) {
      const entry = requests.find((one) => one.route === 'any' || one.route === route)
      if (!entry) return undefined
      entry.times -= 1
      requests = requests.filter(({ times }) => times > 0)
      return entry.fault
    },
    takeDispatchFault() {
      const none: DispatchFault = { lateMs: 0, isLost: false, isTwice: false, isAgain: false }
      const fault = dispatches.reduce((sum, entry) => ({ ...sum, ...entry.fault }), none)
      for (const entry of dispatches) entry.times -= 1
      dispatches = dispatches.filter(({ times }) => times > 0)
      return fault
    },
  }
}
