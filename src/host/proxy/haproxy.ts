import type { ProxyDriver } from '../../core/drivers.ts'
import { adoptTheirs } from './adopt/adopt.ts'
import { createKnown, type ProxyHost } from './known.ts'
import { prepareHaproxy } from './prepare.ts'
import { reloadIt } from './reload.ts'
import { forgetJail, routeSites, tidyUp, unrouteSite, weighTargets } from './routing.ts'
import { newUser, setSettings } from './site-settings.ts'
import { isSlot, slotWord } from './slots.ts'
import { aliveJail, drainJail, readyJail } from './weights.ts'

/** HAProxy in front: a host is a line of a map, a jail is a backend; neither needs a reload as long as one of them is spare, or from 3.4 on. */
export function createHaproxyDriver(facts: ProxyHost): ProxyDriver {
  const known = createKnown(facts)
  let touchesAll = false
  return {
    prepare() {
      const steps = prepareHaproxy(facts.layout, facts.proxy)
      known.isPrepared = true
      touchesAll ||= steps.length > 0
      return steps
    },
    route: (sites, targets) => routeSites(known, sites, targets),
    unroute: (route) => unrouteSite(known, route),
    forget: (jail) => forgetJail(known, jail),
    tidy: (left) => tidyUp(known, left),
    set: (host, settings) => setSettings(known, host, settings),
    user: (host, name) => newUser(known, host, name),
    weigh: (route, targets) => weighTargets(known, route, targets),
    drain: (jail, seconds) => drainJail(known, jail, seconds),
    ready: (jail) => readyJail(known, jail),
    alive: (jail) => aliveJail(known, jail),
    // which ask for the same reload share it when they run
    together: (steps) => [...steps],
    reload: () => [reloadIt(facts.layout, 'it was asked for')],
    // one that is given back is nobody else's before that is over, or it could not be taken back
    reserves: () => [...known.slots.taken(), ...[...known.gone].filter(isSlot).map(slotWord)],
    resources: () => [touchesAll ? 'proxy' : 'shared:proxy'],
    adopt: (jails, strangers) => {
      const { theirs, ...proxy } = facts.proxy
      if (theirs === undefined) return undefined
      // where our folder does not run yet, routes are added as on a host that the steps before have brought there
      const router = createHaproxyDriver(theirs.isShared ? facts : { ...facts, proxy: { ...proxy, ...untouched } })
      if (!theirs.isShared) router.prepare()
      return adoptTheirs({ layout: facts.layout, proxy, theirs, router }, jails, strangers)
    },
  }
}

const untouched = { enabled: false, configured: false, running: false }
