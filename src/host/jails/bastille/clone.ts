import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Edit, Step, Undo } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { datasetExists } from '../../zfs.ts'
import { isAtRest } from '../at-rest.ts'
import { nothingInTheWay } from './make.ts'
import { mustNotBeNeeded } from './new-jail.ts'
import { folderOf, jailsDataset, jailsFolder, settingsOf } from './paths.ts'
import { mustHaveNoVnet, nameFiles } from './rename.ts'
import { addressLines } from './set.ts'
import { removeFolder } from './undo.ts'

/**
 * By means of our own: `bastille clone` goes on when it could not copy, and then takes the word of a file that is there. On ZFS the copy is of one
 * moment and shares what does not change; else the jail must stand still.
 */
export function cloneJail(facts: Facts, jail: Jail, to: NewJail, request: string): Step[] {
  const { layout, datasets } = facts
  mustHaveNoVnet(jail, 'clone')
  mustNotBeNeeded(facts, to.name)
  const parent = jailsDataset(layout, datasets)
  const own = `${parent}/${jail.name}`
  const isDataset = datasets.some((one) => one.name === own)
  const staging = `${jailsFolder(layout)}/.new-${request}`
  return [
    nothingInTheWay(facts, to.name),
    ...(isDataset
      ? cloneDatasets(facts, own, `${parent}/${to.name}`, request)
      : [...isAtRest(jail, 'copied'), ...copyFolder(facts, jail, staging)]),
    ...itsOwn(facts, jail, to, isDataset ? folderOf(layout, to.name) : staging),
    ...(isDataset
      ? []
      : [{ title: `Put ${to.name} in its place`, action: { kind: 'move', from: staging, to: folderOf(layout, to.name) } } satisfies Step]),
    ...markSteps(layout, to, { ours: true, tags: jail.tags, note: jail.note }),
  ]
}

/** Name, address and no start at boot yet. */
function itsOwn(facts: Facts, jail: Jail, to: NewJail, folder: string): Step[] {
  const address: Edit = { what: 'parameter', names: ['ip4.addr'], lines: addressLines(facts.layout, jail, to.address) }
  const hostname: Edit = { what: 'parameter', names: ['host.hostname'], lines: [`  host.hostname = ${to.name};`] }
  return [
    ...nameFiles(facts, jail, to.name, folder, [hostname, address]),
    {
      title: `Let ${to.name} stay off at boot until that is said`,
      action: {
        kind: 'edit',
        path: settingsOf(facts.layout, to.name).replace(folderOf(facts.layout, to.name), folder),
        edits: [{ what: 'variable', name: 'boot', value: 'off' }],
      },
    },
  ]
}

/** Below a name that bastille does not list, so that half a copy is never a jail. */
function copyFolder({ layout }: Facts, { name }: Jail, staging: string): Step[] {
  const isGone = { kind: 'path', path: staging, exists: false } satisfies Step['done']
  return [
    { title: 'Make a folder for the copy', action: { kind: 'folder', path: staging, mode: 0o700 } },
    {
      title: `Copy the files of ${name}`,
      action: { kind: 'run', argv: ['cp', '-a', `${folderOf(layout, name)}/.`, staging], timeoutSeconds: 1800 },
      done: { kind: 'journal-only', path: staging },
      undo: [
        ...removeFolder(staging, isGone),
        // after a crash the copy is taken back and made again: into a folder that is there
        { action: { kind: 'run', argv: ['mkdir', '-m', '700', staging], timeoutSeconds: 30 } },
      ],
    },
  ]
}

/** The snapshot is what the copy goes back to, and stays as long as that does. */
function cloneDatasets({ datasets }: Facts, from: string, to: string, request: string): Step[] {
  const snapshot = `jailops-${request}`
  const all = datasets.map(({ name }) => name).filter((name) => name === from || name.startsWith(`${from}/`))
  return [
    {
      title: `Take a snapshot of ${from}`,
      action: { kind: 'run', argv: ['zfs', 'snapshot', '-r', `${from}@${snapshot}`], timeoutSeconds: 120 },
      done: datasetExists(`${from}@${snapshot}`),
      undo: [destroy(`${from}@${snapshot}`)],
    },
    ...all.toSorted().map((one): Step => {
      const copy = `${to}${one.slice(from.length)}`
      return {
        title: `Make ${copy} a clone of it`,
        action: { kind: 'run', argv: ['zfs', 'clone', `${one}@${snapshot}`, copy], timeoutSeconds: 120 },
        done: datasetExists(copy),
        undo: [destroy(copy)],
      }
    }),
  ]
}

function destroy(what: string): Undo {
  return { action: { kind: 'run', argv: ['zfs', 'destroy', '-r', what], timeoutSeconds: 300 }, unless: datasetExists(what, false) }
}
