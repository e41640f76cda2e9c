import { JailopsError } from '../../core/errors.ts'
import type { Jail, TrashEntry } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Step } from '../../core/step.ts'
import { configurationFile, rootOf } from './configuration.ts'
import { writeConfiguration } from './create.ts'
import { startJail } from './start-stop.ts'

/*
 * Destroy is a rename to TRASH/NAME.REQUEST/root, on the same filesystem. The order is the one that was proven on a real host: stopped,
 * nothing mounted below, then moved. Moving a running jail succeeds and leaves something that can be neither stopped nor unmounted.
 */

/** @throws not_ours, config_invalid when the jail is not as we made it */
export function toTrash(layout: Layout, jail: Jail, routes: readonly string[], request: string): Step[] {
  const { name, address } = jail
  const root = rootOf(layout, name)
  if (jail.root !== root) {
    throw new JailopsError('not_ours', `The root of ${name} is ${jail.root}, which jailops did not make. It only takes ${root} away.`)
  }
  if (address === undefined) {
    throw new JailopsError('config_invalid', `${configurationFile(layout, name)} gives ${name} no address any more. Mend that first.`)
  }
  const folder = folderOf(layout, { name, request })
  const manifest = { name, address, startsAtBoot: jail.startsAtBoot, wasRunning: jail.state === 'running', routes: routes.toSorted() }
  return [
    {
      title: `Check that ${name} is stopped`,
      action: { kind: 'require', otherwise: `${name} runs (again). Nothing of it was moved.` },
      done: { kind: 'jail', name, running: false },
    },
    {
      title: `Check that nothing is mounted in ${name}`,
      action: { kind: 'require', otherwise: `Something is still mounted below ${root}: see \`mount -p\`, unmount it, and ask again.` },
      done: { kind: 'no-mounts', path: root },
    },
    { title: 'Make the trash, closed to other users', action: { kind: 'folder', path: layout.trash, mode: 0o700 } },
    { title: `Make a place for ${name} in it`, action: { kind: 'folder', path: folder, mode: 0o700 } },
    {
      title: `Note what ${name} was`,
      action: { kind: 'write', path: `${folder}/manifest.json`, content: `${JSON.stringify(manifest, null, 2)}\n`, mode: 0o600 },
    },
    {
      title: `Move the configuration of ${name} there`,
      action: { kind: 'move', from: configurationFile(layout, name), to: `${folder}/jail.conf` },
    },
    { title: `Move the root of ${name} there`, action: { kind: 'move', from: root, to: `${folder}/root` } },
  ]
}

/** Its configuration comes back as it was; only for another address it is written anew, with the old one kept beside it. */
export function fromTrash(layout: Layout, entry: TrashEntry, address: string): Step[] {
  const { name } = entry
  const folder = folderOf(layout, entry)
  const old = `${folder}/jail.conf`
  const file = configurationFile(layout, name)
  return [
    { title: `Move the root of ${name} back`, action: { kind: 'move', from: `${folder}/root`, to: rootOf(layout, name) } },
    ...(address === entry.address
      ? [move(`Move the configuration of ${name} back`, old, file)]
      : [
          move(`Keep the old configuration of ${name} beside the new one`, old, `${file}.${entry.request}`),
          writeConfiguration(layout, { name, address }),
        ]),
    { title: 'Take its note out of the trash', action: { kind: 'remove', path: `${folder}/manifest.json` } },
    { title: 'Take its place in the trash away', action: { kind: 'remove-folder', path: folder } },
    ...(entry.wasRunning ? startJail(layout, name) : []),
  ]
}

function move(title: string, from: string, to: string): Step {
  return { title, action: { kind: 'move', from, to } }
}

function folderOf({ trash }: Layout, { name, request }: { name: string; request: string }): string {
  return `${trash}/${name}.${request}`
}
