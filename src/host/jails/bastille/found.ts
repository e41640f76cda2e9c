import type { ConfiguredJail } from '../../../core/jail.ts'
import { addressesOf } from '../../facts/jail-parameters.ts'
import { markKey } from '../../marks.ts'
import type { Observing } from '../observing.ts'
import { linesIn, readSettings, seenInFstab } from './files.ts'
import { rcStarts } from './boot.ts'
import { jailConfOf, rootOf } from './paths.ts'

/** What lies in a jail's folder. */
export interface Found {
  name: string
  parameters: ReadonlyMap<string, string>
  problem?: string
  settings: string
  fstab: string
  tags: string
  limits: string
  cpuset: string
}

export function jailOf({ layout, marks, managers }: Pick<Observing, 'layout' | 'marks' | 'managers'>, found: Found): ConfiguredJail {
  const { name, parameters, problem } = found
  const root = parameters.get('path') ?? rootOf(layout, name)
  const addresses = addressesOf(parameters.get('ip4.addr'))
  const [address] = addresses
  const mark = marks.get(markKey({ manager: 'bastille', name }))
  const settings = readSettings(found.settings)
  const ownTags = linesIn(found.tags)
  const { base, mounts } = seenInFstab(found.fstab, root)
  const release = base ?? parameters.get('osrelease')?.replace(/-p[0-9]+$/, '')
  const consoleLog = parameters.get('exec.consolelog')
  return {
    name,
    manager: 'bastille',
    ours: mark !== undefined,
    isMarked: mark !== undefined,
    ...(problem !== undefined && { problem }),
    kernelName: name,
    ...(address !== undefined && { address }),
    addresses,
    hostname: parameters.get('host.hostname') || name,
    root,
    // bastille's own default
    startsAtBoot: problem === undefined && (settings.get('boot') ?? 'on') === 'on' && rcStarts(managers, name),
    configuration: jailConfOf(layout, name),
    type: base === undefined ? 'thick' : 'thin',
    ...(release !== undefined && release !== '' && { release }),
    vnet: parameters.has('vnet'),
    depends: (settings.get('depend') ?? '').split(/\s+/).filter((one) => one !== ''),
    tags: [...new Set([...(mark?.tags ?? []), ...ownTags])],
    note: mark?.note ?? '',
    mounts,
    properties: propertiesOf(found, settings, ownTags),
    ...(consoleLog !== undefined && consoleLog !== '' && { consoleLog }),
  }
}

/** Parameters of jail.conf, and what bastille keeps in files beside it under names of our own. */
function propertiesOf(found: Found, settings: ReadonlyMap<string, string>, ownTags: readonly string[]): Record<string, string> {
  const beside = {
    ...Object.fromEntries(settings),
    'bastille.tags': ownTags.join(','),
    'bastille.limits': linesIn(found.limits).join(' '),
    'bastille.cpuset': linesIn(found.cpuset).join(','),
  }
  return { ...Object.fromEntries(found.parameters), ...Object.fromEntries(Object.entries(beside).filter(([, value]) => value !== '')) }
}
