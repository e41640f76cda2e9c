import { JailopsError } from '../../core/errors.ts'
import type { Facts } from '../../core/host.ts'
import type { Probe, Step } from '../../core/step.ts'
import { datasetAt } from '../zfs.ts'
import { notSupported } from '../jails/not-supported.ts'
import { mustBeUnused } from './in-use.ts'
import type { ManagerReleases } from './manager-releases.ts'
import { destroyDataset, destroyed, enoughRoom, mustBeWhole } from './tree.ts'

export function createIocageReleases(facts: Facts): ManagerReleases {
  const { datasets } = facts
  const { root } = facts.layout.iocage
  return {
    fetch(name, from) {
      if (from !== undefined) {
        return notSupported(
          'iocage',
          'releases from elsewhere than its mirror',
          'Use manager:jail.conf, which takes folders, discs and mirrors.',
        )
      }
      return [enoughRoom(root), ...letIocageFetch(facts, name), mustBeWhole(`${root}/releases/${name}/root`, name)]
    },
    remove(release) {
      mustBeUnused(facts, release)
      const dataset = datasetAt(datasets, release.path)?.name
      if (dataset === undefined) {
        throw new JailopsError(
          'host_not_ready',
          `${release.path} is no mounted dataset, as iocage's releases are. See \`zfs list\` on the host.`,
        )
      }
      const download = datasetAt(datasets, `${root}/download/${release.name}`)?.name
      return [dataset, ...(download === undefined ? [] : [download])].map(destroyDataset)
    },
    update: ({ name }) => notSupported('iocage', `patches for the release ${name}`, 'Its jails are patched one by one: /jail update NAME.'),
  }
}

/** `--noeol`: else it asks a web page which releases are still kept up, and fails with it. */
function letIocageFetch({ layout, datasets }: Facts, name: string): Step[] {
  const { root } = layout.iocage
  const own = datasetAt(datasets, root)?.name
  const pool = own === undefined ? onlyPool(datasets) : undefined
  const parent = own ?? `${pool}/iocage`
  return [
    ...(pool === undefined ? [] : [activate(pool)]),
    {
      title: `Let iocage fetch ${name}`,
      action: { kind: 'run', argv: ['iocage', 'fetch', '-r', name, '--noeol'], timeoutSeconds: 7200 },
      done: { kind: 'journal-only', path: `${root}/releases/${name}` },
      // what it makes for itself at its first call goes too
      undo: own === undefined ? [destroyed(parent)] : [`${parent}/releases/${name}`, `${parent}/download/${name}`].map(destroyed),
    },
  ]
}

function activate(pool: string): Step {
  const answers = (value: string): Probe => ({
    kind: 'command',
    argv: ['zfs', 'get', '-H', '-o', 'value', 'org.freebsd.ioc:active', pool],
    stdout: value,
  })
  return {
    title: `Let iocage use the pool ${pool}`,
    action: { kind: 'run', argv: ['iocage', 'activate', pool], timeoutSeconds: 120 },
    done: answers('yes'),
    undo: [{ action: { kind: 'run', argv: ['iocage', 'deactivate', pool], timeoutSeconds: 120 }, unless: answers('no') }],
  }
}

/** @throws host_not_ready: which one is its owner's to choose */
function onlyPool(datasets: Facts['datasets']): string {
  const [pool, ...more] = new Set(datasets.map(({ name }) => name.split('/')[0] ?? name))
  if (pool !== undefined && more.length === 0) return pool
  throw new JailopsError(
    'host_not_ready',
    pool === undefined
      ? 'iocage needs ZFS, and this host has no pool.'
      : `iocage was given no pool yet, and there are ${[pool, ...more].join(', ')}. Choose one: \`iocage activate POOL\` on the host.`,
  )
}
