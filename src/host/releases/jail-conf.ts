import { dirname } from 'node:path'
import type { ReleaseSource } from '../../core/drivers.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Facts } from '../../core/host.ts'
import type { Dataset, Release } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Step } from '../../core/step.ts'
import { datasetAt, makeDataset, renameDataset } from '../zfs.ts'
import { notSupported } from '../jails/not-supported.ts'
import { withDisc } from './disc.ts'
import { mustBeUnused } from './in-use.ts'
import type { ManagerReleases } from './manager-releases.ts'
import { patchTree, takeSnapshot } from './patch.ts'
import { destroyed, enoughRoom, isGone, mustBeWhole, removed, removeTree } from './tree.ts'

/** Unpacked releases of our own, each a folder, or a dataset with a snapshot `base` that thin jails are cloned from. */
export function createJailConfReleases(facts: Facts): ManagerReleases {
  const { layout } = facts
  return {
    fetch(name, from, request) {
      if (from === undefined) throw new JailopsError('missing_argument', 'Say where the release comes from.')
      const place = placeOf(facts, name, request)
      const unpacked = (archive: string): Step[] => [
        sameAsManifest(archive, from.sha256),
        unpack(archive, place),
        mustBeWhole(place.staging, name),
      ]
      return [enoughRoom(layout.releases), ...place.make, ...brought(layout, from, request, unpacked), ...place.settle]
    },
    remove(release, request) {
      mustNotBeTheBase(layout, release)
      mustBeUnused(facts, release)
      return removeTree(facts, release.path, request)
    },
    update(release, request) {
      if (release.name === 'base' && /\.(tar|t[gx]z|tar\.[a-z0-9]+)$/.test(release.path)) {
        return notSupported('jail.conf', `patches for an archive (${release.path})`, 'Fetch a newer release instead: /release fetch.')
      }
      return patchTree(facts, release, request)
    },
  }
}

/** The archive's steps, with what has to be done to have it and to be rid of it. */
function brought(layout: Layout, from: ReleaseSource, request: string, work: (archive: string) => Step[]): Step[] {
  switch (from.kind) {
    case 'folder':
      return work(`${from.path}/base.txz`)
    case 'iso':
      return withDisc(from, `${layout.jailRoots}/.disc-${request}`, (sets) => work(`${sets}/base.txz`))
    case 'mirror': {
      const part = `${layout.releases}/.fetch-${request}.txz`
      return [download(`${from.url}/base.txz`, part), ...work(part), removeDownload(part)]
    }
  }
}

function download(url: string, part: string): Step {
  return {
    title: `Fetch ${url}`,
    action: { kind: 'run', argv: ['fetch', '-qo', part, url], timeoutSeconds: 3600 },
    done: { kind: 'journal-only', path: part },
    undo: [{ action: { kind: 'run', argv: ['rm', '-f', part], timeoutSeconds: 60 }, unless: isGone(part) }],
  }
}

function removeDownload(part: string): Step {
  return {
    title: 'Remove the archive that was fetched',
    action: { kind: 'run', argv: ['rm', '-f', part], timeoutSeconds: 60 },
    done: isGone(part),
  }
}

function sameAsManifest(archive: string, sha256: string): Step {
  return {
    title: 'Compare its checksum with the one in MANIFEST',
    action: { kind: 'require', otherwise: `${archive} is not what its MANIFEST says (sha256 ${sha256}). Nothing was unpacked.` },
    done: { kind: 'command', argv: ['sha256', '-q', archive], stdout: sha256 },
  }
}

interface Where {
  staging: string
  /** Of the staging folder, where it is one. */
  dataset?: string
  make: Step[]
  /** Gives the whole release its name, in one go. */
  settle: Step[]
}

function placeOf({ layout, datasets, releases }: Facts, name: string, request: string): Where {
  const folder = layout.releases
  const staging = `${folder}/.new-${request}`
  const makeFolder: Step = {
    title: 'Make the folder of releases, closed to other users',
    action: { kind: 'folder', path: folder, mode: 0o700 },
  }
  const parent = parentDataset(datasets, folder, releases)
  if (parent === undefined) {
    return {
      staging,
      make: [makeFolder, { title: `Make the folder of ${name}`, action: { kind: 'folder', path: staging, mode: 0o755 } }],
      settle: [{ title: `Put ${name} in its place`, action: { kind: 'move', from: staging, to: `${folder}/${name}` } }],
    }
  }
  const dataset = `${parent}/.new-${request}`
  const isThere = datasets.some((one) => one.name === parent)
  return {
    staging,
    dataset,
    make: [...(isThere ? [] : [makeDataset(parent, [])]), makeDataset(dataset, [])],
    settle: [takeSnapshot(dataset, 'base'), renameDataset(`Put ${name} in its place`, dataset, `${parent}/${name}`)],
  }
}

/** Where the folder of releases is a dataset, or can become one: nothing lies in it yet, and it is below one. */
function parentDataset(datasets: readonly Dataset[], folder: string, releases: readonly Release[]): string | undefined {
  const itself = datasetAt(datasets, folder)?.name
  if (itself !== undefined) return itself
  const above = datasetAt(datasets, dirname(folder))?.name
  const isUsed = releases.some(({ path }) => path.startsWith(`${folder}/`))
  return above === undefined || isUsed ? undefined : `${above}${folder.slice(dirname(folder).length)}`
}

function unpack(archive: string, { staging, dataset }: Where): Step {
  return {
    title: `Unpack ${archive}`,
    action: { kind: 'run', argv: ['tar', '-xpf', archive, '-C', staging], timeoutSeconds: 1800 },
    done: { kind: 'journal-only', path: staging },
    // after a crash it is taken back and unpacked again: into an empty place that is there
    undo:
      dataset === undefined
        ? [...removed(staging), { action: { kind: 'run', argv: ['mkdir', '-m', '755', staging], timeoutSeconds: 30 } }]
        : [destroyed(dataset), { action: { kind: 'run', argv: ['zfs', 'create', dataset], timeoutSeconds: 60 } }],
  }
}

function mustNotBeTheBase({ base }: Layout, { name }: Release): void {
  if (name !== 'base') return
  throw new JailopsError(
    'bad_argument',
    `${base} is what new jails are made from. Put another one there by hand, or name another base in jailops.yaml.`,
  )
}
