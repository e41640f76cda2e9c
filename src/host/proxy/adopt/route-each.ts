import type { Adoption, ProxyDriver } from '../../../core/drivers.ts'
import type { Step } from '../../../core/step.ts'

/** The sites of one jail at once: its backend is made only for the first. */
export function routeEach(driver: Pick<ProxyDriver, 'route'>, taken: Adoption['taken']): Step[] {
  const groups = Map.groupBy(taken, ({ target }) => `${target.jail} ${target.port ?? ''}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    const sites = group.map(({ host }) => ({ host }))
    return first === undefined ? [] : driver.route(sites, [first.target])
  })
}
