import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { copyTree } from '../zfs/tree.ts'
import { makeMissingDatasets } from './activate.ts'
import { startBoot } from './many.ts'
import { activeProperty, iocRoot, poolDataset } from './jails.ts'
import { silent, zfs } from './speech.ts'

const release = '15.1-RELEASE'

/** A new host has iocage activated, and the release of the host fetched. */
export async function installIocage(host: Host, call: Call): Promise<void> {
  const script = join(host.paths.host, 'usr/local/etc/rc.d/iocage')
  if (existsSync(script)) return
  await zfs(host, call, 'set', `${activeProperty}=yes`, 'zroot')
  await makeMissingDatasets(host, silent(call))
  await zfs(host, call, 'create', '-p', `${poolDataset}/download/${release}`)
  await zfs(host, call, 'create', '-p', `${poolDataset}/releases/${release}/root`)
  copyTree(join(host.paths.host, 'usr/jails/.base'), join(iocRoot(host), 'releases', release, 'root'))
  mkdirSync(dirname(script), { recursive: true })
  writeFileSync(script, '#!/bin/sh\n# lab: imitated\n')
  chmodSync(script, 0o755)
}

/** What rc.d/iocage does with iocage_enable. */
export async function bootIocage(host: Host, call: Call): Promise<void> {
  await startBoot(host, call)
}
