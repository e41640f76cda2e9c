import { JailopsError } from '../../core/errors.ts'
import type { Facts } from '../../core/host.ts'
import type { Release } from '../../core/jail.ts'
import type { Step, Undo } from '../../core/step.ts'
import { datasetAt, datasetExists } from '../zfs.ts'

/**
 * Patches by freebsd-update(8). It is told what lies there: without that it takes the tree for what the host runs. On ZFS a snapshot
 * takes all of it back; elsewhere what can fail by the network is done first, before the first file is changed.
 */
export function patchTree(facts: Pick<Facts, 'datasets' | 'snapshots'>, release: Release, request: string): Step[] {
  const level = release.patchLevel
  if (level === undefined) {
    throw new JailopsError(
      'host_not_ready',
      `${release.path}/bin/freebsd-version does not say what ${release.name} is, so it cannot be patched. Fetch it anew: /release fetch.`,
    )
  }
  const update = (...commands: string[]): Step['action'] => ({
    kind: 'run',
    // with a pager it would wait for somebody to read its list of files
    argv: ['env', 'PAGER=cat', ...freebsdUpdate(release.path, level), ...commands],
    timeoutSeconds: 7200,
  })
  return [
    { title: `Fetch the patches for ${release.name}`, action: update('fetch') },
    ...protectedTree(facts, release, request, [
      { title: `Bring ${release.name} to its newest patch level`, action: update('fetch', 'install') },
      {
        title: 'Look that no patch is left to install',
        action: { kind: 'require', otherwise: 'freebsd-update reported success, but patches that it fetched are not installed.' },
        // 2: there are none
        done: { kind: 'command', argv: ['env', 'PAGER=cat', ...freebsdUpdate(release.path, level), 'updatesready'], exitCode: 2 },
      },
    ]),
  ]
}

function freebsdUpdate(path: string, level: string): string[] {
  return ['freebsd-update', '-b', path, '--currently-running', level, '--not-running-from-cron']
}

/** The change of a release's own files, with what takes it back, and a look at what came of it. */
function protectedTree(
  { datasets, snapshots }: Pick<Facts, 'datasets' | 'snapshots'>,
  { name, manager, path }: Release,
  request: string,
  [change, ...looks]: readonly [Step, ...Step[]],
): Step[] {
  const version = `${path}/bin/freebsd-version`
  const dataset = datasetAt(datasets, path)?.name
  const before = `jailops-before-update-${request}`
  return [
    ...(dataset === undefined ? [] : [takeSnapshot(dataset, before)]),
    {
      ...change,
      // half a patched tree looks like a whole one
      done: { kind: 'journal-only', path: version },
      ...(dataset === undefined
        ? { final: 'without ZFS nothing keeps the files as they were' }
        : { undo: [backTo(`${dataset}@${before}`)] }),
    },
    ...looks,
    {
      title: `Look what ${name} is patched to now`,
      action: { kind: 'run', argv: ['grep', '^USERLAND_VERSION=', version], timeoutSeconds: 30, shows: true },
    },
    ...(dataset !== undefined && manager === 'jail.conf' ? newBase(dataset, request, hasBase(snapshots, dataset)) : []),
  ]
}

function hasBase(snapshots: Facts['snapshots'], dataset: string): boolean {
  return snapshots.some((one) => one.dataset === dataset && one.name === 'base')
}

function backTo(snapshot: string): Undo {
  return { action: { kind: 'run', argv: ['zfs', 'rollback', '-r', snapshot], timeoutSeconds: 600 } }
}

export function takeSnapshot(dataset: string, name: string): Step {
  const snapshot = `${dataset}@${name}`
  return {
    title: `Take the snapshot ${name} of it`,
    action: { kind: 'run', argv: ['zfs', 'snapshot', snapshot], timeoutSeconds: 120 },
    done: datasetExists(snapshot),
    undo: [{ action: { kind: 'run', argv: ['zfs', 'destroy', snapshot], timeoutSeconds: 120 }, unless: datasetExists(snapshot, false) }],
  }
}

/** New thin jails get the patched files; those that are there stay clones of the old snapshot, whatever it is called. */
function newBase(dataset: string, request: string, hasOld: boolean): Step[] {
  const [base, old] = [`${dataset}@base`, `${dataset}@base-until-${request}`]
  const keepOld: Step = {
    title: 'Let the old base go by another name',
    action: { kind: 'run', argv: ['zfs', 'rename', base, old], timeoutSeconds: 120 },
    done: datasetExists(old),
    undo: [{ action: { kind: 'run', argv: ['zfs', 'rename', old, base], timeoutSeconds: 120 }, unless: datasetExists(base) }],
  }
  return [...(hasOld ? [keepOld] : []), takeSnapshot(dataset, 'base')]
}
