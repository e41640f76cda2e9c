import type { ObservedFacts } from '../../core/host.ts'
import type { ConfiguredJail, Dataset } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import { observeBastille } from '../jails/bastille/observe.ts'
import { observeEzjail } from '../jails/ezjail/observe.ts'
import { observeIocage } from '../jails/iocage/observe.ts'
import { readMarks } from '../marks.ts'
import type { Shell } from '../shell.ts'
import type { Configuration } from './configured-jails.ts'
import { jailsOfJailConf } from './jails.ts'

/** What every manager's configuration says, those of them that are installed. */
export async function observeAllConfigured(
  { shell, layout }: { shell: Shell; layout: Layout },
  parts: {
    configuration: Promise<Configuration>
    boot: Promise<ObservedFacts['boot']>
    managers: Promise<ObservedFacts['managers']>
    datasets: Promise<Dataset[]>
  },
): Promise<ConfiguredJail[]> {
  const [text, configuration, boot, managers, datasets] = await Promise.all([
    shell.readFile(layout.marks),
    parts.configuration,
    parts.boot,
    parts.managers,
    parts.datasets,
  ])
  const marks = readMarks(text ?? '')
  const has = (name: string) => managers.some(({ manager }) => manager === name)
  const deps = { shell, layout, marks, datasets, managers }
  const others = await Promise.all([
    has('bastille') ? observeBastille(deps) : [],
    has('iocage') ? observeIocage(deps) : [],
    has('ezjail') ? observeEzjail(deps) : [],
  ])
  return [...jailsOfJailConf(configuration, boot, marks), ...others.flat()]
}
