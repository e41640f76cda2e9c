import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, JailParts } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { renameDataset } from '../../zfs.ts'
import { isAtRest } from '../at-rest.ts'
import {
  blockingLine,
  consoleLogOf,
  controlFile,
  controlFileOf,
  fstabFile,
  isNoRun,
  kernelNameOf,
  renamedControlFile,
  rootOf,
} from './control-file.ts'
import { movedFstab } from './fstab-lines.ts'
import { mustNotFold } from './make.ts'
import { partsOf } from './parts.ts'

/*
 * Not by `ezjail-admin config -n`: that moves the root before it looks whether the name is free, writes an fstab with nothing but the base in
 * it, and when it is killed leaves both names or neither.
 */

type Known = Pick<Facts, 'layout' | 'datasets' | 'jails'>

export function renamedJail(layout: Layout, jail: Jail, to: string): Jail {
  const kernelName = kernelNameOf(to)
  const path = controlFile(layout, kernelName)
  const root = rootOf(layout, to)
  return {
    ...jail,
    name: to,
    kernelName,
    hostname: hostnameOf(jail, to),
    root,
    configuration: isNoRun(jail) && jail.state !== 'running' ? `${path}.norun` : path,
    consoleLog: consoleLogOf(layout, kernelName),
  }
}

export function renameJail(facts: Known, jail: Jail, to: string): Step[] {
  const { layout } = facts
  mustNotFold(facts, to)
  const { files, tree } = partsOf(facts, jail)
  const renamed = renamedJail(layout, jail, to)
  const { control, fstab } = textsOf(jail)
  const values = { hostname: renamed.hostname, rootdir: renamed.root }
  const text = renamedControlFile(control, { from: jail.kernelName, to: renamed.kernelName, values })
  // it was made so before it was stopped, after this text was read
  const isHeldBack = jail.startsAtBoot || (isNoRun(jail) && jail.state === 'running')
  const line = isHeldBack ? `${text.endsWith('\n') ? '' : '\n'}${blockingLine(renamed.kernelName)}\n` : ''
  return [
    ...isAtRest(jail, 'moved'),
    ...moveTree(jail, renamed, tree),
    ...(fstab === undefined ? [] : [write(fstabFile(layout, renamed.kernelName), movedFstab(fstab, jail.root, renamed.root))]),
    write(controlFileOf(layout, renamed), text + line),
    ...files.map(({ path }): Step => ({ title: `Remove ${path}`, action: { kind: 'remove', path } })),
    ...markSteps(layout, jail, { ours: false, tags: [], note: '' }),
    ...markSteps(layout, renamed, { ours: true, tags: jail.tags, note: jail.note }),
  ]
}

/** One that somebody named differently from the jail keeps its host name. */
function hostnameOf({ name, hostname }: Jail, to: string): string {
  return hostname === name ? to : hostname
}

/** @throws config_invalid: nothing may be written from nothing */
export function textsOf(jail: Jail): { control: string; fstab: string | undefined } {
  const control = jail.texts?.['control'] ?? ''
  if (control !== '') return { control, fstab: jail.texts?.['fstab'] }
  throw new JailopsError('config_invalid', `The control file of ${jail.name} (${jail.configuration ?? 'none'}) is empty. Mend it first.`)
}

function moveTree(jail: Jail, renamed: Jail, tree: JailParts['tree']): Step[] {
  const title = `Move the files of ${jail.name} to ${renamed.root}`
  if (tree.kind === 'folder') return [{ title, action: { kind: 'move', from: tree.path, to: renamed.root } }]
  const to = `${tree.dataset.slice(0, tree.dataset.lastIndexOf('/'))}/${renamed.name}`
  const own = tree.mountpoints[tree.dataset]
  return [
    renameDataset(title, tree.dataset, to),
    ...(own === undefined
      ? []
      : [
          {
            title: `Mount ${to} at ${renamed.root}`,
            action: mountAt(renamed.root, to),
            undo: [{ action: mountAt(own, to) }],
          } satisfies Step,
        ]),
  ]
}

function mountAt(path: string, dataset: string) {
  return { kind: 'run', argv: ['zfs', 'set', `mountpoint=${path}`, dataset], timeoutSeconds: 120 } satisfies Step['action']
}

function write(path: string, content: string): Step {
  return { title: `Write ${path}`, action: { kind: 'write', path, content, mode: 0o644 } }
}
