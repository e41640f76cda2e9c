import type { Drivers, Facts } from '../core/host.ts'
import { chooseAddress, endpointOf } from './addresses.ts'
import { createJailConfDriver } from './jails/jail-conf.ts'
import { createHaproxyDriver } from './proxy/haproxy.ts'
import { createNginxDriver } from './site/nginx.ts'

/** What commands plan with. Built anew from each observation: drivers know the facts they plan on, and nothing else. */
export function createDrivers(facts: Facts): Drivers {
  return {
    jails: createJailConfDriver(facts),
    proxy: createHaproxyDriver(facts),
    site: createNginxDriver(facts),
    chooseAddress: (wanted) => chooseAddress(facts, facts.layout, wanted),
    endpoint: (address) => endpointOf(facts.layout, address),
  }
}
