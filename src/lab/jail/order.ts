import { valuesOf, type JailConfig } from '../jail-conf/jails.ts'

/** Starts what is depended on first; brings in what was not named but is needed. */
export function startOrder(wanted: JailConfig[], all: JailConfig[]): JailConfig[] {
  const order: JailConfig[] = []
  const visit = (config: JailConfig, path: JailConfig[]) => {
    if (order.includes(config) || path.includes(config)) return
    for (const name of valuesOf(config, 'depend')) {
      const needed = all.find((each) => each.name === name)
      if (needed !== undefined) visit(needed, [...path, config])
    }
    order.push(config)
  }
  for (const config of wanted) visit(config, [])
  return order
}

/** Stops what depends on a jail before the jail itself, named or not. */
export function stopOrder(wanted: JailConfig[], all: JailConfig[]): JailConfig[] {
  const order: JailConfig[] = []
  const visit = (config: JailConfig, path: JailConfig[]) => {
    if (order.includes(config) || path.includes(config)) return
    for (const other of all) if (valuesOf(other, 'depend').includes(config.name)) visit(other, [...path, config])
    order.push(config)
  }
  for (const config of wanted) visit(config, [])
  return order
}
