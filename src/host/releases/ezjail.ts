import type { ReleaseSource } from '../../core/drivers.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Facts } from '../../core/host.ts'
import type { Step } from '../../core/step.ts'
import { datasetAt } from '../zfs.ts'
import { notSupported } from '../jails/not-supported.ts'
import { withDisc } from './disc.ts'
import { mustBeUnused } from './in-use.ts'
import type { ManagerReleases } from './manager-releases.ts'
import { patchTree } from './patch.ts'
import { destroyed, enoughRoom, mustBeWhole, removed, removeTree } from './tree.ts'

/** ezjail has one base for all its jails, and a template of what is each jail's own. */
export function createEzjailReleases(facts: Facts): ManagerReleases {
  const { jails } = facts.layout.ezjail
  return {
    fetch(name, from, request) {
      mustHaveNone(facts, name)
      return [enoughRoom(jails), ...brought(facts, name, from, request), mustBeWhole(`${jails}/basejail`, name)]
    },
    remove(release, request) {
      mustBeUnused(facts, release)
      return [...removeTree(facts, `${jails}/newjail`, `${request}-template`), ...removeTree(facts, release.path, request)]
    },
    // not by `ezjail-admin update -u`: it does not look at how that ended
    update: (release, request) => patchTree(facts, release, request),
  }
}

/** @throws release_exists or not_supported_by_driver */
function mustHaveNone({ releases }: Facts, name: string): void {
  const there = releases.find((one) => one.manager === 'ezjail')?.name
  if (there === undefined) return
  const patch = `Patch it with /release update ${there} manager:ezjail.`
  if (there === name) throw new JailopsError('release_exists', `ezjail has ${name} already. ${patch}`)
  notSupported('ezjail', `a second base, and has ${there} already`, `${patch} For jails of ${name} use manager:jail.conf.`)
}

function brought(facts: Facts, name: string, from: ReleaseSource | undefined, request: string): Step[] {
  switch (from?.kind) {
    case undefined:
      return [install(facts, name, 'https://download.freebsd.org')]
    case 'mirror':
      return [install(facts, name, from.url)]
    case 'folder':
      return [install(facts, name, `file://${from.path}`)]
    case 'iso':
      return withDisc(from, `${facts.layout.jailRoots}/.disc-${request}`, (sets) => [install(facts, name, `file://${sets}`)])
  }
}

function install({ layout, datasets }: Facts, name: string, from: string): Step {
  const { jails } = layout.ezjail
  const parent = datasetAt(datasets, jails)?.name
  const made = ['basejail', 'newjail', 'fulljail', 'ezjailtemp']
  return {
    title: `Let ezjail install ${name} from ${from}`,
    action: { kind: 'run', argv: ['ezjail-admin', 'install', '-r', name, '-h', from], timeoutSeconds: 7200 },
    done: { kind: 'journal-only', path: `${jails}/basejail` },
    undo: made.flatMap((folder) => [...(parent === undefined ? [] : [destroyed(`${parent}/${folder}`)]), ...removed(`${jails}/${folder}`)]),
  }
}
