import type { JailDriver } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, JailParts } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { ownMountpoints } from '../../zfs.ts'
import { bootOf } from './boot.ts'
import { cloneJail } from './clone.ts'
import { makeJail } from './make.ts'
import { mountInto, unmountFrom } from './mounts.ts'
import { expectedJail } from './new-jail.ts'
import { folderOf, jailsDataset, rootOf, settingsOf, tagsOf } from './paths.ts'
import { renamedJail, renameJail } from './rename.ts'
import { readdressJail, setProperty } from './set.ts'
import { startJail, stopJail } from './start-stop.ts'
import { updateJail, upgradeJail } from './update.ts'

/**
 * Jails of bastille. Its own tool makes jails and patches them; all else is done to its files and by jail(8) and zfs(8), since a target means to
 * bastille an unescaped regular expression, else the beginning of a name, else a tag, and its exit code is 0 whatever came of it.
 */
export function createBastilleDriver(facts: Facts): JailDriver {
  const { layout } = facts
  return {
    expected: (jail) => expectedJail(facts, jail),
    make: (jail) => makeJail(facts, jail),
    start: (jail) => startJail(facts, jail),
    stop: (jail) => stopJail(facts, jail),
    boot: (jail, on) => bootOf(facts, jail, on),
    parts: (jail) => partsOf(facts, jail),
    rename: (jail, to) => renameJail(facts, jail, to),
    renamed: (jail, to) => renamedJail(facts, jail, to),
    clone: (jail, to, request) => cloneJail(facts, jail, to, request),
    readdress: (jail, address) => readdressJail(facts, jail, address),
    set: (jail, property, value) => setProperty(facts, jail, property, value),
    mount: (jail, mount) => mountInto(facts, jail, mount),
    unmount: (jail, mount) => unmountFrom(facts, jail, mount),
    depend: (jail, on) => dependOn(facts, jail, on),
    mark: (jail, mark) => [...markSteps(layout, jail, mark), ...withoutOwnTags(facts, jail, mark.tags)],
    update: (jail, request) => updateJail(facts, jail, request),
    upgrade: (jail, release, request) => upgradeJail(facts, jail, release, request),
  }
}

/** Its folder is all that there is of it. @throws not_ours */
function partsOf({ layout, datasets }: Facts, { name, root }: Jail): JailParts {
  if (root !== rootOf(layout, name)) {
    throw new JailopsError(
      'not_ours',
      `The root of ${name} is ${root}, which bastille did not make. jailops only takes ${rootOf(layout, name)} away.`,
    )
  }
  const dataset = `${jailsDataset(layout, datasets)}/${name}`
  return {
    files: [],
    tree: datasets.some((one) => one.name === dataset)
      ? { kind: 'dataset', dataset, mountpoints: ownMountpoints(datasets, dataset) }
      : { kind: 'folder', path: folderOf(layout, name) },
  }
}

/** `bastille start` heeds it too, and so does `bastille stop`, in its own way. */
function dependOn({ layout }: Facts, jail: Jail, on: readonly string[]): Step[] {
  return [
    {
      title: on.length === 0 ? `Let ${jail.name} depend on no other jail` : `Let ${jail.name} start after ${on.join(', ')}`,
      action: { kind: 'edit', path: settingsOf(layout, jail.name), edits: [{ what: 'variable', name: 'depend', value: on.join(' ') }] },
    },
  ]
}

/** Those that `bastille tags` gave are shown too, so one that is taken away must go there as well. */
function withoutOwnTags({ layout }: Facts, { name, properties }: Jail, kept: readonly string[]): Step[] {
  const own = (properties['bastille.tags'] ?? '').split(',').filter((tag) => tag !== '' && !kept.includes(tag))
  return own.map((tag) => ({
    title: `Take the tag ${tag} of bastille away`,
    action: { kind: 'line', path: tagsOf(layout, name), line: tag, on: false },
  }))
}
