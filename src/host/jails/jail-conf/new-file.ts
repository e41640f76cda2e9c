import { JailopsError } from '../../../core/errors.ts'
import type { NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import { rootOf } from './configuration.ts'
import type { JailFile } from './jail-file.ts'
import { emptyRecord } from './record.ts'

/** The file of a jail that is yet to be made. */
export function newJailFile(layout: Layout, { name, address, vnet, type, release }: Omit<NewJail, 'manager' | 'startsAtBoot'>): JailFile {
  return {
    name,
    root: rootOf(layout, name),
    hostname: name,
    network: vnet ? ownNetwork(layout, address) : sharedNetwork(layout, address),
    consoleLog: consoleLogOf(layout, name),
    settings: {},
    mounts: [],
    record: { ...emptyRecord, type, ...(release !== undefined && { release }) },
  }
}

/** The same jail under another address. */
export function readdressed(layout: Layout, file: JailFile, address: string): JailFile {
  return { ...file, network: file.network.kind === 'own' ? ownNetwork(layout, address) : sharedNetwork(layout, address) }
}

/** The same jail under another name: what was called by the old one is called by the new one. */
export function renamed(layout: Layout, file: JailFile, name: string): JailFile {
  return {
    ...file,
    name,
    root: rootOf(layout, name),
    hostname: file.hostname === file.name ? name : file.hostname,
    ...(file.consoleLog === consoleLogOf(layout, file.name) && { consoleLog: consoleLogOf(layout, name) }),
  }
}

function consoleLogOf({ logs }: Layout, name: string): string {
  return `${logs}/jail_${name}_console.log`
}

function sharedNetwork(layout: Layout, address: string): JailFile['network'] {
  return { kind: 'shared', addresses: [`${layout.interface}|${address}/32`] }
}

/** The pair's number comes from the address, so that no two jails of a pool want the same one. @throws not_supported_by_driver */
function ownNetwork({ bridge, pool }: Layout, address: string): JailFile['network'] {
  if (bridge === undefined) {
    throw new JailopsError(
      'not_supported_by_driver',
      'A jail with a network stack of its own (vnet) needs a bridge: name it as layout.bridge in jailops.yaml, or make the jail without vnet.',
    )
  }
  const [, , third = 0, fourth = 0] = address.split('.').map(Number)
  return { kind: 'own', bridge, epair: third * 256 + fourth, address: `${address}/${pool.split('/')[1] ?? '24'}` }
}
