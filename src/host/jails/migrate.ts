import { JailopsError } from '../../core/errors.ts'
import type { JailDriver } from '../../core/drivers.ts'
import type { Facts } from '../../core/host.ts'
import type { Dataset, Jail, JailParts, Manager } from '../../core/jail.ts'
import type { Step } from '../../core/step.ts'
import { markKey, markValue } from '../marks.ts'
import { datasetAt, makeDataset, renameDataset, trashDatasetOf } from '../zfs.ts'
import { isAtRest } from './at-rest.ts'
import { configurationFile } from './jail-conf/configuration.ts'
import { jailOfFile } from './jail-conf/make.ts'
import { parentDataset } from './jail-conf/tree.ts'
import { writeConfiguration } from './jail-conf/write.ts'
import { migratedFile } from './migrated-file.ts'

interface Move {
  jail: Jail
  to: Manager
  request: string
}

/**
 * A jail leaves its manager for jail.conf: its root goes to where jails of jail.conf live, its manager's own files to a place in the trash
 * that nobody empties unasked, and a file of ours says what it is. @throws not_supported_by_driver
 */
export function migrateJail(facts: Facts, from: JailDriver, { jail, to, request }: Move): Step[] {
  const file = migratedFile(facts.layout, jail, to)
  const parts = from.parts(jail)
  const { trash } = facts.layout
  const away = `${trash}/${jail.name}.${request}.migrated`
  return [
    ...isAtRest(jail, 'moved'),
    nobodyHasIt(facts, jail.name),
    { title: 'Make the trash, closed to other users', action: { kind: 'folder', path: trash, mode: 0o700 } },
    { title: `Make a place in it for what ${jail.manager} said of ${jail.name}`, action: { kind: 'folder', path: away, mode: 0o700 } },
    ...moveRoot(facts, jail, parts.tree, file.root),
    ...restAway(facts, jail, parts, away),
    ...unmark(facts, jail),
    writeConfiguration(facts, file, `Write the configuration of ${jail.name}`),
  ]
}

export function migratedJail({ layout }: Facts, jail: Jail, to: Manager): Jail {
  return jailOfFile(layout, migratedFile(layout, jail, to), { ...jail, startsAtBoot: false })
}

function nobodyHasIt({ layout }: Facts, name: string): Step {
  const path = configurationFile(layout, name)
  return {
    title: `Check that jail.conf has no ${name}`,
    action: { kind: 'require', otherwise: `${path} is there already. Look at it and move it elsewhere first.` },
    done: { kind: 'path', path, exists: false },
  }
}

function moveRoot(facts: Facts, jail: Jail, tree: JailParts['tree'], root: string): Step[] {
  if (tree.kind === 'folder') return jail.root === root ? [] : [moveFolder(`Move the root of ${jail.name} to ${root}`, jail.root, root)]
  const own = datasetAt(facts.datasets, jail.root)
  if (own === undefined) {
    throw new JailopsError(
      'host_not_ready',
      `The root of ${jail.name}, ${jail.root}, is no ZFS dataset of its own, so it cannot leave ${tree.dataset}. Export it and import it with manager:jail.conf.`,
    )
  }
  if (own.name === tree.dataset && jail.root === root) return []
  return moveDataset(facts, jail, own, root)
}

/** Below the dataset of jail.conf's jails where there is one; else beside all, mounted by name. */
function moveDataset(facts: Facts, jail: Jail, own: Dataset, root: string): Step[] {
  const parent = parentDataset(facts)
  const pool = own.name.split('/')[0] ?? own.name
  const shelf = `${pool}/jailops-jails`
  const isBelow = parent !== undefined && parent.split('/')[0] === pool
  const to = isBelow ? `${parent}/${jail.name}` : `${shelf}/${jail.name}`
  const needsShelf = !isBelow && !facts.datasets.some((one) => one.name === shelf)
  return [
    ...(needsShelf ? [makeDataset(shelf, ['mountpoint=none', 'canmount=off'])] : []),
    renameDataset(`Move the root of ${jail.name} to ${to}`, own.name, to, [own.name]),
    ...(isBelow ? mountedByParent(own, to) : mountedByItself(own, to, root)),
  ]
}

function mountedByParent({ hasOwnMountpoint, mountpoint }: Dataset, to: string): Step[] {
  if (!hasOwnMountpoint) return []
  return [{ title: 'Let it be mounted where its parent says', action: inherit(to), undo: [{ action: mountAt(mountpoint, to) }] }]
}

function mountedByItself({ hasOwnMountpoint, mountpoint }: Dataset, to: string, root: string): Step[] {
  const undo = [{ action: hasOwnMountpoint ? mountAt(mountpoint, to) : inherit(to) }]
  return [{ title: `Mount it at ${root}`, action: mountAt(root, to), undo }]
}

function inherit(dataset: string) {
  return { kind: 'run', argv: ['zfs', 'inherit', 'mountpoint', dataset], timeoutSeconds: 120 } satisfies Step['action']
}

function mountAt(path: string, dataset: string) {
  return { kind: 'run', argv: ['zfs', 'set', `mountpoint=${path}`, dataset], timeoutSeconds: 120 } satisfies Step['action']
}

/** What is left when the root is out: files, and the folder or dataset that the root lay in. */
function restAway({ datasets }: Facts, jail: Jail, { files, tree }: JailParts, away: string): Step[] {
  const moved = files.flatMap(({ name, path }) => fileAway(jail, path, `${away}/${name}`, jail.texts?.[name]))
  if (tree.kind === 'folder') {
    return tree.path === jail.root ? moved : [...moved, moveFolder(`Move ${tree.path} there`, tree.path, `${away}/files`)]
  }
  if (datasetAt(datasets, jail.root)?.name === tree.dataset) return moved
  const trash = trashDatasetOf(tree.dataset)
  const place = `${trash}/${away.slice(away.lastIndexOf('/') + 1)}`
  const mounted = datasets.filter((one) => one.name === tree.dataset && one.isMounted && !one.hasOwnMountpoint).map(({ name }) => name)
  return [
    ...moved,
    ...(datasets.some((one) => one.name === trash) ? [] : [makeDataset(trash, ['mountpoint=none', 'canmount=off'])]),
    ...Object.entries(tree.mountpoints)
      .filter(([dataset]) => dataset === tree.dataset)
      .map(([dataset, mountpoint]): Step => ({
        title: `Let ${dataset} be mounted where its parent says`,
        action: inherit(dataset),
        undo: [{ action: mountAt(mountpoint, dataset) }],
      })),
    renameDataset(`Move what ${jail.manager} said of ${jail.name} there`, tree.dataset, place, mounted),
  ]
}

/** Where its text is known it is written there: the trash may lie on another filesystem than /etc. */
function fileAway({ name }: Jail, path: string, to: string, content: string | undefined): Step[] {
  if (content === undefined) return [moveFolder(`Move ${path} there`, path, to)]
  return [
    { title: `Keep a copy of ${path}`, action: { kind: 'write', path: to, content, mode: 0o600 } },
    { title: `Remove ${path}, so that ${name} has one manager`, action: { kind: 'remove', path } },
  ]
}

function unmark({ layout }: Facts, jail: Jail): Step[] {
  if (markValue(jail) === undefined) return []
  const key = markKey(jail)
  return [
    { title: `Take the mark of ${jail.name} at ${jail.manager} away`, action: { kind: 'map-entry', path: layout.marks, key, value: null } },
  ]
}

function moveFolder(title: string, from: string, to: string): Step {
  return { title, action: { kind: 'move', from, to } }
}
