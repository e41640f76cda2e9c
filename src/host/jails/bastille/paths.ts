import type { Dataset } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import { datasetAt } from '../../zfs.ts'

type Places = Pick<Layout, 'bastille'>

/* Where bastille keeps what. */

export function jailsFolder({ bastille }: Places): string {
  return `${bastille.prefix}/jails`
}

/** All of a jail: its configuration beside its root. */
export function folderOf(layout: Places, name: string): string {
  return `${jailsFolder(layout)}/${name}`
}

export function rootOf(layout: Places, name: string): string {
  return `${folderOf(layout, name)}/root`
}

/** Where a thin jail's release is mounted. */
export function baseOf(layout: Places, name: string): string {
  return `${rootOf(layout, name)}/.bastille`
}

export function jailConfOf(layout: Places, name: string): string {
  return `${folderOf(layout, name)}/jail.conf`
}

export function settingsOf(layout: Places, name: string): string {
  return `${folderOf(layout, name)}/settings.conf`
}

export function fstabOf(layout: Places, name: string): string {
  return `${folderOf(layout, name)}/fstab`
}

export function tagsOf(layout: Places, name: string): string {
  return `${folderOf(layout, name)}/tags`
}

export function limitsOf(layout: Places, name: string): string {
  return `${folderOf(layout, name)}/rctl.conf`
}

export function releasesFolder({ bastille }: Places): string {
  return `${bastille.prefix}/releases`
}

export function consoleLogOf({ logs }: Pick<Layout, 'logs'>, name: string): string {
  return `${logs}/bastille/${name}_console.log`
}

/** What bastille says itself of where its jails are: with another prefix than the layout's it would make them elsewhere. */
export function ownJailsFolder(): string[] {
  return ['sysrc', '-f', '/usr/local/etc/bastille/bastille.conf', '-n', 'bastille_jailsdir']
}

/** The dataset that jails have theirs in; undefined where bastille does without ZFS. */
export function jailsDataset(layout: Places, datasets: readonly Dataset[]): string | undefined {
  return datasetAt(datasets, jailsFolder(layout))?.name
}
