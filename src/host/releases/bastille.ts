import type { Facts } from '../../core/host.ts'
import type { Dataset } from '../../core/jail.ts'
import type { Step, Undo } from '../../core/step.ts'
import { datasetAt } from '../zfs.ts'
import { notSupported } from '../jails/not-supported.ts'
import { mustBeUnused } from './in-use.ts'
import type { ManagerReleases } from './manager-releases.ts'
import { patchTree } from './patch.ts'
import { destroyed, enoughRoom, forGood, isGone, mustBeWhole, removed } from './tree.ts'

export function createBastilleReleases(facts: Facts): ManagerReleases {
  const { prefix } = facts.layout.bastille
  const treeOf = (name: string) => `${prefix}/releases/${name}`
  return {
    fetch(name, from) {
      if (from !== undefined) {
        return notSupported(
          'bastille',
          'releases from elsewhere than its mirror',
          'Name the mirror in bastille.conf, or use manager:jail.conf.',
        )
      }
      return [enoughRoom(prefix), bootstrap(facts, name, treeOf(name)), mustBeWhole(treeOf(name), name)]
    },
    remove(release) {
      mustBeUnused(facts, release)
      return [
        {
          title: `Let bastille destroy ${release.name}`,
          action: { kind: 'run', argv: ['bastille', 'destroy', '-y', release.name], timeoutSeconds: 1800 },
          // it says 0 as well when it has destroyed nothing
          done: isGone(release.path),
          final: forGood,
        },
      ]
    },
    // as `bastille update` does it, which says 0 whatever came of it
    update: (release, request) => patchTree(facts, release, request),
  }
}

function bootstrap({ layout, datasets }: Facts, name: string, tree: string): Step {
  const { prefix } = layout.bastille
  return {
    title: `Let bastille fetch ${name}`,
    action: { kind: 'run', argv: ['bastille', 'bootstrap', name], timeoutSeconds: 5400 },
    done: { kind: 'journal-only', path: tree },
    undo: [
      { action: { kind: 'run', argv: ['bastille', 'destroy', '-y', name], timeoutSeconds: 1800 }, unless: isGone(tree), mayFail: true },
      // what was loaded by half would be taken for the archive the next time
      ...['releases', 'cache'].flatMap((part) => byOwnMeans(datasetAt(datasets, `${prefix}/${part}`), `${prefix}/${part}`, name)),
    ],
  }
}

function byOwnMeans(parent: Dataset | undefined, folder: string, name: string): Undo[] {
  return [...(parent === undefined ? [] : [destroyed(`${parent.name}/${name}`)]), ...removed(`${folder}/${name}`)]
}
