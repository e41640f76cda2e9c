import { JailopsError } from '../core/errors.ts'
import type { JailDriver, LimitDriver, TrashDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import type { Jail, JailParts, TrashEntry, trashManifestSchema } from '../core/jail.ts'
import type { Layout } from '../core/layout.ts'
import { type Site, siteText } from '../core/proxy.ts'
import type { Step } from '../core/step.ts'
import type { z } from 'zod'
import { datasetOf, inOrderOfClones } from './trash-order.ts'
import { markKey, markValue } from './marks.ts'
import {
  datasetExists,
  makeDataset,
  mountDatasets,
  mountedOf,
  renameDataset,
  trashDatasetOf,
  withOwnMountpoints,
  withoutOwnMountpoints,
} from './zfs.ts'

/*
 * Destroy is a rename, of a folder to TRASH/NAME.REQUEST/root on the same filesystem, of a dataset to a place in the same pool. The order is
 * the one that was proven on a real host: stopped, nothing mounted below, then moved. Moving a running jail succeeds and leaves something
 * that can be neither stopped nor unmounted.
 */

type Manifest = z.infer<typeof trashManifestSchema>

export function createTrashDriver(
  facts: Pick<Facts, 'layout' | 'datasets'>,
  { jails, limits }: { jails: JailDriver; limits: LimitDriver },
): TrashDriver {
  const { layout } = facts
  return {
    put(jail, sites, request) {
      const parts = jails.parts(jail)
      const folder = folderOf(layout, { name: jail.name, request })
      const lines = limits.of(jail)
      return [
        ...lookFirst(jail, parts),
        { title: 'Make the trash, closed to other users', action: { kind: 'folder', path: layout.trash, mode: 0o700 } },
        { title: `Make a place for ${jail.name} in it`, action: { kind: 'folder', path: folder, mode: 0o700 } },
        noteWhatItWas(folder, { ...manifestOf(jail, parts, sites, lines), ...mountsOf(facts, parts) }),
        ...parts.files.map(({ name, path }) => move(`Move ${path} there`, path, `${folder}/${name}`)),
        ...unmark(layout, jail),
        ...limits.lift(jail, lines),
        ...treeAway(facts, jail, parts, folder, request),
      ]
    },
    back(entry, address) {
      const folder = folderOf(layout, entry)
      const expected = expectedOf(jails, entry)
      const jail = { ...expected, ...(entry.properties !== undefined && { properties: entry.properties }) }
      return [
        ...treeBack(entry, folder),
        ...entry.parts.files.map(({ name, path }) => move(`Move ${path} back`, `${folder}/${name}`, path)),
        ...(entry.mark === undefined ? [] : [setMark(layout, entry, entry.mark)]),
        ...(address === entry.address ? [] : jails.readdress(jail, address)),
        ...limits.bring(jail, entry.limits),
        { title: 'Take its note out of the trash', action: { kind: 'remove', path: `${folder}/manifest.json` } },
        { title: 'Take its place in the trash away', action: { kind: 'remove-folder', path: folder } },
        ...(entry.wasRunning ? jails.start({ ...jail, address }) : []),
      ]
    },
    purgeable: (entries) => inOrderOfClones(facts.datasets, entries),
    purge(entry) {
      const folder = folderOf(layout, entry)
      return [...treeForGood(entry), ...originsForGood(facts, entry), ...folderForGood(folder, entry.name)]
    },
  }
}

function lookFirst({ name, kernelName, root }: Jail, { tree }: JailParts): Step[] {
  const below = tree.kind === 'folder' ? tree.path : root
  return [
    {
      title: `Check that ${name} is stopped`,
      action: { kind: 'require', otherwise: `${name} runs (again). Nothing of it was moved.` },
      done: { kind: 'jail', name: kernelName, running: false },
    },
    {
      title: `Check that nothing is mounted in ${name}`,
      action: { kind: 'require', otherwise: `Something is still mounted below ${below}: see \`mount -p\`, unmount it, and ask again.` },
      done: { kind: 'no-mounts', path: below },
    },
  ]
}

/** @throws config_invalid: without an address nobody could bring it back to where it was */
function manifestOf(jail: Jail, parts: JailParts, sites: readonly Site[], limits: string[]): Manifest {
  const { name, manager, address, startsAtBoot } = jail
  if (address === undefined) {
    throw new JailopsError('config_invalid', `${jail.configuration ?? name} gives ${name} no address any more. Mend that first.`)
  }
  const mark = markValue(jail)
  return {
    name,
    manager,
    address,
    startsAtBoot,
    wasRunning: jail.state === 'running',
    ...(jail.release !== undefined && { release: jail.release }),
    sites: sites.toSorted((a, b) => (siteText(a) < siteText(b) ? -1 : 1)),
    parts,
    ...(Object.keys(jail.properties).length > 0 && { properties: jail.properties }),
    ...(mark !== undefined && { mark }),
    limits,
  }
}

function noteWhatItWas(folder: string, manifest: Manifest): Step {
  const content = `${JSON.stringify(manifest, null, 2)}\n`
  return { title: `Note what ${manifest.name} was`, action: { kind: 'write', path: `${folder}/manifest.json`, content, mode: 0o600 } }
}

function unmark(layout: Layout, jail: Jail): Step[] {
  return markValue(jail) === undefined
    ? []
    : [{ title: `Take the mark of ${jail.name} away`, action: { kind: 'map-entry', path: layout.marks, key: markKey(jail), value: null } }]
}

function setMark(layout: Layout, jail: Pick<Jail, 'name' | 'manager'>, value: string): Step {
  return { title: `Mark ${jail.name} as ours again`, action: { kind: 'map-entry', path: layout.marks, key: markKey(jail), value } }
}

function treeAway(
  { datasets }: Pick<Facts, 'datasets'>,
  { name, root }: Jail,
  { tree }: JailParts,
  folder: string,
  request: string,
): Step[] {
  if (tree.kind === 'folder') return [move(`Move the files of ${name} there`, tree.path, `${folder}/root`)]
  const trash = trashDatasetOf(tree.dataset)
  return [
    ...(datasets.some((one) => one.name === trash) ? [] : [makeDataset(trash, ['mountpoint=none', 'canmount=off'])]),
    ...withoutOwnMountpoints(tree.mountpoints),
    renameDataset(`Move the dataset of ${name} to the trash`, tree.dataset, `${trash}/${name}.${request}`, inherited(datasets, tree), root),
  ]
}

function treeBack({ name, request, mounted, parts: { tree } }: TrashEntry, folder: string): Step[] {
  if (tree.kind === 'folder') return [move(`Move the files of ${name} back`, `${folder}/root`, tree.path)]
  const away = `${trashDatasetOf(tree.dataset)}/${name}.${request}`
  return [
    renameDataset(`Move the dataset of ${name} back`, away, tree.dataset),
    ...withOwnMountpoints(tree.mountpoints),
    ...mountDatasets(mounted ?? [tree.dataset]),
  ]
}

type DatasetTree = Extract<JailParts['tree'], { kind: 'dataset' }>

function mountsOf({ datasets }: Pick<Facts, 'datasets'>, { tree }: JailParts): Pick<Manifest, 'mounted'> {
  return tree.kind === 'dataset' ? { mounted: mountedOf(datasets, tree.dataset) } : {}
}

/** Those that no mountpoint of their own, set again, mounts. */
function inherited(datasets: Facts['datasets'], { dataset, mountpoints }: DatasetTree): string[] {
  return mountedOf(datasets, dataset).filter((one) => !Object.keys(mountpoints).some((own) => one === own || one.startsWith(`${own}/`)))
}

function treeForGood(entry: TrashEntry): Step[] {
  const dataset = datasetOf(entry)
  if (dataset === undefined) return []
  return [
    {
      title: `Destroy the dataset of ${entry.name} with its snapshots`,
      action: { kind: 'run', argv: ['zfs', 'destroy', '-r', dataset], timeoutSeconds: 900 },
      done: datasetExists(dataset, false),
      final: 'what is purged is gone for good',
    },
  ]
}

/** What a clone was made of is a snapshot that only it had, where it is called by the jail's name or by jailops. */
function originsForGood({ datasets }: Pick<Facts, 'datasets'>, entry: TrashEntry): Step[] {
  const trashed = datasetOf(entry)
  if (trashed === undefined) return []
  const isIn = (one: { name: string }) => one.name === trashed || one.name.startsWith(`${trashed}/`)
  const others = new Set(datasets.filter((one) => !isIn(one)).map((one) => one.origin))
  const origins = datasets.filter(isIn).flatMap(({ origin }) => (origin === undefined || others.has(origin) ? [] : [origin]))
  return origins
    .filter((origin) => isNamedFor(origin, entry.name))
    .map((origin) => ({
      title: `Remove the snapshot ${origin} that it was made of`,
      action: { kind: 'run', argv: ['zfs', 'destroy', origin], timeoutSeconds: 300, unlessDone: true },
      done: datasetExists(origin, false),
      final: 'what is purged is gone for good',
    }))
}

function isNamedFor(origin: string, name: string): boolean {
  const snapshot = origin.slice(origin.indexOf('@') + 1)
  return snapshot === name || snapshot.startsWith(`${name}.`) || snapshot.startsWith('jailops-')
}

function folderForGood(folder: string, name: string): Step[] {
  return [
    {
      title: `Check that nothing is mounted in it`,
      action: { kind: 'require', otherwise: `Something is mounted below ${folder}: see \`mount -p\`, unmount it, and ask again.` },
      done: { kind: 'no-mounts', path: folder },
    },
    { title: 'Let its files be removed', action: { kind: 'run', argv: ['chflags', '-R', 'noschg', folder], timeoutSeconds: 600 } },
    {
      title: `Remove what was left of ${name}`,
      action: { kind: 'run', argv: ['rm', '-x', '-rf', folder], timeoutSeconds: 1800 },
      done: { kind: 'path', path: folder, exists: false },
      final: 'what is purged is gone for good',
    },
  ]
}

function move(title: string, from: string, to: string): Step {
  return { title, action: { kind: 'move', from, to } }
}

function folderOf({ trash }: Layout, { name, request }: { name: string; request: string }): string {
  return `${trash}/${name}.${request}`
}

function expectedOf(jails: JailDriver, { name, manager, address, startsAtBoot, release }: TrashEntry): Jail {
  return jails.expected({ name, manager, address, startsAtBoot, type: 'thick', vnet: false, ...(release !== undefined && { release }) })
}
