import type { JailDriver, SnapshotDriver } from '../core/drivers.ts'
import { JailopsError } from '../core/errors.ts'
import type { Facts } from '../core/host.ts'
import type { Jail, Snapshot } from '../core/jail.ts'
import type { Step, Undo } from '../core/step.ts'
import { undoBySteps } from '../core/undo-by-steps.ts'
import { notSupported } from './jails/not-supported.ts'
import { datasetAt, datasetExists } from './zfs.ts'

/** Snapshots of a jail's dataset, and of those below it under the same name, by zfs(8) whatever the manager: its exit codes are true. */
export function createSnapshotDriver({ datasets, snapshots }: Pick<Facts, 'datasets' | 'snapshots'>, jails: JailDriver): SnapshotDriver {
  const datasetOf = (jail: Jail): string => {
    const { tree } = jails.parts(jail)
    if (tree.kind === 'dataset') return tree.dataset
    return notSupported(
      jail.manager,
      `snapshots of ${jail.name}, which lies on no ZFS dataset of its own`,
      `Use /jail export ${jail.name} instead.`,
    )
  }
  const back = (jail: Jail, name: string): Undo[] => [
    ...undoBySteps(jails.stop(jail)),
    ...rollBackAll(below(datasets, datasetOf(jail)), name),
    ...undoBySteps(jails.start(jail)),
  ]
  return {
    dataset: datasetOf,
    create: (jail, name) => takeSnapshot(jail, datasetOf(jail), name),
    remove(jail, { name }) {
      const dataset = datasetOf(jail)
      mustHaveNoClones(snapshots, dataset, name)
      return [
        {
          title: `Remove the snapshot ${name} of ${jail.name}`,
          action: zfs('destroy', '-r', `${dataset}@${name}`),
          done: datasetExists(`${dataset}@${name}`, false),
          final: 'a snapshot that is removed cannot be brought back',
        },
      ]
    },
    rollback(jail, { name }) {
      const dataset = datasetOf(jail)
      const all = below(datasets, dataset)
      const held = all.filter((one) => snapshots.some((snapshot) => snapshot.dataset === one && snapshot.name === name))
      for (const newer of held.flatMap((one) => newerThan(snapshots, one, name))) mustHaveNoClones(snapshots, newer.dataset, newer.name)
      return held.toSorted().map((one): Step => rollBack(jail, `${one}@${name}`, newerThan(snapshots, one, name)))
    },
    back,
    around(jail, name, steps) {
      if (datasetAt(datasets, jail.root) === undefined || steps.some(takesSnapshot)) return [...steps]
      const { tree } = jails.parts(jail)
      if (tree.kind === 'folder') return [...steps]
      const undo = jail.state === 'running' ? back(jail, name) : rollBackAll(below(datasets, tree.dataset), name)
      return [...takeSnapshot(jail, tree.dataset, name), wayBack(jail, `${tree.dataset}@${name}`, undo), ...steps.map(withoutFinal)]
    },
  }
}

function below(datasets: Facts['datasets'], dataset: string): string[] {
  return datasets.map((one) => one.name).filter((one) => `${one}/`.startsWith(`${dataset}/`))
}

function rollBackAll(datasets: readonly string[], name: string): Undo[] {
  return datasets.toSorted().map((one) => ({ action: zfs('rollback', '-r', `${one}@${name}`) }))
}

function takesSnapshot({ action }: Step): boolean {
  return action.kind === 'run' && action.argv[0] === 'zfs' && action.argv[1] === 'snapshot'
}

/** Taken back when all that follows it has been: then what that changed is as it was. */
function wayBack({ name }: Jail, snapshot: string, undo: Undo[]): Step {
  return { title: `See that ${name} can go back to it`, action: zfs('list', '-H', '-o', 'name', '-t', 'snapshot', snapshot), undo }
}

function withoutFinal({ final: _thereIsAWayBack, ...step }: Step): Step {
  return step
}

function takeSnapshot({ name: jail }: Jail, dataset: string, name: string): Step[] {
  const snapshot = `${dataset}@${name}`
  return [
    {
      title: `Take the snapshot ${name} of ${jail}`,
      action: zfs('snapshot', '-r', snapshot),
      done: datasetExists(snapshot),
      undo: [{ action: zfs('destroy', '-r', snapshot), unless: datasetExists(snapshot, false) }],
    },
  ]
}

/** Says which newer snapshots go: `-r` is what lets them go. Nothing says afterwards that it was done but the newest snapshot being this one. */
function rollBack(jail: Jail, snapshot: string, newer: readonly Snapshot[]): Step {
  return {
    title: `Roll ${jail.name} back to ${snapshot}`,
    action: zfs('rollback', '-r', snapshot),
    ...(newer[0] !== undefined && { done: datasetExists(`${newer[0].dataset}@${newer[0].name}`, false) }),
    final:
      newer.length === 0
        ? 'what was written since then is lost'
        : `what was written since then is lost, and so are the newer snapshots ${newer.map((one) => one.name).join(', ')}`,
  }
}

export function newerThan(snapshots: readonly Snapshot[], dataset: string, name: string): Snapshot[] {
  const all = snapshots.filter((one) => one.dataset === dataset)
  const at = all.find((one) => one.name === name)?.createdAt ?? Number.POSITIVE_INFINITY
  return all.filter((one) => one.createdAt > at)
}

/** @throws host_not_ready: zfs would refuse, or take the clones with it */
function mustHaveNoClones(snapshots: readonly Snapshot[], dataset: string, name: string): void {
  const clones = snapshots.filter((one) => one.name === name && `${one.dataset}/`.startsWith(`${dataset}/`)).flatMap((one) => one.clones)
  if (clones.length === 0) return
  throw new JailopsError(
    'host_not_ready',
    `${clones.join(', ')} ${clones.length === 1 ? 'is a clone' : 'are clones'} of the snapshot ${dataset}@${name}, so it must stay. Destroy what was cloned from it first.`,
  )
}

function zfs(...words: string[]) {
  return { kind: 'run', argv: ['zfs', ...words], timeoutSeconds: 600 } satisfies Step['action']
}
