import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step, Undo } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { datasetExists } from '../../zfs.ts'
import { says } from './config.ts'
import { datasetOf } from './datasets.ts'
import { isFree, isStopped, isThere, mustBeJail } from './guards.ts'
import { folderOf, callIocage } from './paths.ts'

/**
 * By iocage, which renames the dataset and what names it in its files. One that was broken off in the middle is taken back by the same call the
 * other way round: it writes both names whatever was written before.
 */
export function renameJail(facts: Pick<Facts, 'layout' | 'datasets'>, jail: Jail, to: string): Step[] {
  mustBeJail(jail)
  const { layout } = facts
  const { name } = jail
  const back: Undo = {
    action: callIocage(['rename', to, name], to),
    unless: { kind: 'path', path: folderOf(layout, name), exists: true },
  }
  return [
    isStopped(jail, `${name} runs (again); iocage would stop it without a word. Nothing of it was renamed.`),
    isThere(layout, name),
    ...isFree(layout, to),
    {
      title: `Let iocage call ${name} ${to}`,
      action: callIocage(['rename', name, to], name),
      done: { kind: 'journal-only', path: folderOf(layout, to) },
      undo: [back, ...originBack(facts, name, to)],
    },
    {
      title: `Check that it is ${to} in its configuration too`,
      action: { kind: 'require', otherwise: `iocage moved ${name} but left its configuration as it was. Try it by hand.` },
      done: says(layout, to, 'host_hostuuid', to),
    },
    ...markSteps(layout, jail, { ours: false, tags: [], note: '' }),
    ...markSteps(layout, { name: to, manager: 'iocage' }, { ours: true, tags: jail.tags, note: jail.note }),
  ]
}

/** The snapshot that a thin jail was made of is called by the jail's name, and renamed before the jail. */
function originBack(facts: Pick<Facts, 'layout' | 'datasets'>, name: string, to: string): Undo[] {
  const root = `${datasetOf(facts, name)}/root`
  const origin = facts.datasets.find((one) => one.name === root)?.origin
  if (origin?.endsWith(`@${name}`) !== true) return []
  const renamed = `${origin.slice(0, -name.length)}${to}`
  return [{ action: { kind: 'run', argv: ['zfs', 'rename', renamed, origin], timeoutSeconds: 60 }, unless: datasetExists(origin) }]
}
