import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Edit, Step } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { renameDataset } from '../../zfs.ts'
import { isAtRest } from '../at-rest.ts'
import { notSupported } from '../not-supported.ts'
import { consoleLogOf, folderOf, fstabOf, jailConfOf, jailsDataset, limitsOf, rootOf } from './paths.ts'
import { nothingInTheWay } from './make.ts'
import { mustNotBeNeeded } from './new-jail.ts'

/**
 * By means of our own: `bastille rename` moves the folder first and changes its files after that, with 0 whatever came of it, and nothing says in
 * between which of them it has done.
 */
export function renameJail(facts: Facts, jail: Jail, to: string): Step[] {
  const { layout } = facts
  mustHaveNoVnet(jail, 'rename')
  mustNotBeNeeded(facts, to)
  return [
    ...isAtRest(jail, 'moved'),
    nothingInTheWay(facts, to),
    moveFolder(facts, jail, to),
    ...nameFiles(facts, jail, to, folderOf(layout, to), []),
    ...(jail.isMarked
      ? [...markSteps(layout, jail, { ...jail, ours: false }), ...markSteps(layout, { ...jail, name: to }, { ...jail, ours: true })]
      : []),
  ]
}

/** The jail as it will be seen under that name. */
export function renamedJail({ layout }: Pick<Facts, 'layout'>, jail: Jail, to: string): Jail {
  const old = `${folderOf(layout, jail.name)}/`
  const inNew = (text: string) => text.replaceAll(old, `${folderOf(layout, to)}/`)
  return {
    ...jail,
    name: to,
    kernelName: to,
    hostname: jail.hostname === jail.name ? to : jail.hostname,
    root: rootOf(layout, to),
    configuration: jailConfOf(layout, to),
    consoleLog: consoleLogOf(layout, to),
    properties: Object.fromEntries(
      Object.entries(jail.properties).map(([key, value]) => [
        key,
        key === 'bastille.limits' ? value.replaceAll(`jail:${jail.name}:`, `jail:${to}:`) : inNew(value),
      ]),
    ),
  }
}

export function mustHaveNoVnet({ name, vnet }: Jail, verb: 'rename' | 'clone'): void {
  if (!vnet) return
  notSupported(
    'bastille',
    `a safe way to ${verb} ${name}, whose network interfaces carry its name`,
    `Use \`bastille ${verb}\` on the host.`,
  )
}

function moveFolder({ layout, datasets }: Facts, { name }: Jail, to: string): Step {
  const parent = jailsDataset(layout, datasets)
  const own = datasets.some((one) => one.name === `${parent}/${name}`)
  return own
    ? renameDataset(`Rename the dataset of ${name} to ${parent}/${to}`, `${parent}/${name}`, `${parent}/${to}`)
    : {
        title: `Move the files of ${name} to ${folderOf(layout, to)}`,
        action: { kind: 'move', from: folderOf(layout, name), to: folderOf(layout, to) },
      }
}

/** What names the jail or its place, in the files of a folder that is its own now (or a copy's). */
export function nameFiles({ layout }: Pick<Facts, 'layout'>, jail: Jail, to: string, folder: string, more: readonly Edit[]): Step[] {
  const places: Edit = { what: 'text', from: `${folderOf(layout, jail.name)}/`, to: `${folderOf(layout, to)}/` }
  const inFolder = (path: string) => path.replace(folderOf(layout, to), folder)
  return [
    edit(`Give ${to} its name in its jail.conf`, inFolder(jailConfOf(layout, to)), [
      { what: 'block', name: to },
      places,
      ...(jail.hostname === jail.name ? [parameter('host.hostname', to)] : []),
      ...(jail.consoleLog === undefined ? [] : [parameter('exec.consolelog', consoleLogOf(layout, to))]),
      ...more,
    ]),
    edit(`Let ${to} mount what it does below its own root`, inFolder(fstabOf(layout, to)), [places]),
    ...(jail.properties['bastille.limits'] === undefined
      ? []
      : [
          edit(`Let bastille's limits of ${to} be under its name`, inFolder(limitsOf(layout, to)), [
            { what: 'text', from: `jail:${jail.name}:`, to: `jail:${to}:` },
          ]),
        ]),
  ]
}

function edit(title: string, path: string, edits: Edit[]): Step {
  return { title, action: { kind: 'edit', path, edits } }
}

export function parameter(name: string, value: string): Edit {
  return { what: 'parameter', names: [name], lines: [`  ${name} = ${value};`] }
}
