import type { Jail, JailMount, Manager } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import { rootOf } from './jail-conf/configuration.ts'
import type { JailFile } from './jail-conf/jail-file.ts'
import { newJailFile } from './jail-conf/new-file.ts'
import { settingOfWord, settings } from './jail-conf/settings.ts'
import { notSupported } from './not-supported.ts'

/**
 * What a jail of another manager is as one of jail.conf. What jail.conf's file of ours cannot say is refused rather than forgotten.
 * @throws not_supported_by_driver
 */
export function migratedFile(layout: Layout, jail: Jail, to: Manager): JailFile {
  const { name, manager, address, hostname, type, release, tags, note } = jail
  if (to !== 'jail.conf') return notSupported(manager, `a way to ${to}`, `Export ${name} and import it with manager:${to}.`)
  if (manager === 'jail.conf') return notSupported(manager, 'a way to itself', `${name} is a jail of jail.conf already.`)
  if (jail.vnet) {
    return notSupported(
      manager,
      `a way to jail.conf for ${name}, which has a network of its own (vnet)`,
      'Export it and import it instead.',
    )
  }
  if (address === undefined) return notSupported(manager, `a way to jail.conf for ${name}, which has no address`, 'Give it one first.')
  const file = newJailFile(layout, { name, address, vnet: false, type: type ?? 'thick', ...(release !== undefined && { release }) })
  return {
    ...file,
    root: rootOf(layout, name),
    hostname: /^[A-Za-z0-9.-]+$/.test(hostname) ? hostname : name,
    network: { kind: 'shared', addresses: networkOf(layout, jail) },
    settings: settingsOf(jail),
    mounts: [...baseOf(layout, jail), ...jail.mounts],
    record: { ...file.record, tags: [...tags], note },
  }
}

function networkOf({ interface: name }: Layout, { addresses }: Jail): string[] {
  return addresses.map((address) => `${name}|${address}/32`)
}

/** What a thin jail shares shows in it as before. */
function baseOf(layout: Layout, { name, manager, type, release, properties }: Jail): JailMount[] {
  if (manager === 'iocage' && /^(1|yes|on|true)$/.test(properties['basejail'] ?? '')) {
    return notSupported(
      'iocage',
      `a way to jail.conf for ${name}, a basejail whose base iocage mounts piece by piece`,
      'Export it and import it instead.',
    )
  }
  if (type !== 'thin') return []
  if (manager === 'ezjail') return [{ from: `${layout.ezjail.jails}/basejail`, on: '/basejail', readOnly: true }]
  if (manager !== 'bastille') return []
  if (release !== undefined) return [{ from: `${layout.bastille.prefix}/releases/${release}`, on: '/.bastille', readOnly: true }]
  return notSupported('bastille', `a way to jail.conf for ${name}, whose release is not known`, 'Export it and import it instead.')
}

function settingsOf(jail: Jail): JailFile['settings'] {
  switch (jail.manager) {
    case 'ezjail':
      return ofEzjail(jail)
    case 'iocage':
      return ofIocage(jail)
    default:
      return {}
  }
}

/** Its rc script lets a jail mount when mount_enable says so, and hands `parameters` to jail(8) word by word. */
function ofEzjail({ name, properties }: Jail): JailFile['settings'] {
  const lets: [string, string][] = /^(yes|true|on|1)$/i.test(properties['mount_enable'] ?? '') ? [['allow.mount', 'true']] : []
  const words = (properties['parameters'] ?? '').split(/[\s;]+/).filter((word) => word !== '')
  const said = words.map((word) => {
    const [key = '', ...value] = word.split('=')
    const setting = settingOfWord(key, value.join('=').replaceAll(/["']/g, ''))
    if (setting !== undefined && (value.length === 0 || !key.startsWith('allow.'))) return setting
    return notSupported('ezjail', `a way to jail.conf for the parameter ${word} of ${name}`, `Take it out of its control file first.`)
  })
  return Object.fromEntries([...lets, ...said])
}

/** iocage writes `_` where jail(8) has a dot, and what was never set there is as jail(8) has it. */
function ofIocage({ properties }: Jail): JailFile['settings'] {
  const known = [...settings].filter(([key]) => key !== 'host.hostname')
  return Object.fromEntries(
    known.flatMap(([key, { values, byDefault }]): [string, string][] => {
      const value = values.safeParse(properties[key.replaceAll('.', '_')]).data
      return value === undefined || value === byDefault ? [] : [[key, value]]
    }),
  )
}
