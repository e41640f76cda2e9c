import type { Facts } from '../../../core/host.ts'
import type { NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step, Undo } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { datasetExists } from '../../zfs.ts'
import { notSupported } from '../not-supported.ts'
import { baseFor, datasetOf, destroyed, snapshotGone } from './datasets.ts'
import { isFree } from './guards.ts'
import { configOf, folderOf, callIocage, logsOf, rootOf } from './paths.ts'

type Known = Pick<Facts, 'layout' | 'datasets'>

/** By `iocage create` from a release, or an empty one that is given what is in an archive. It never starts by that. */
export function makeJail(facts: Known, jail: NewJail, request: string): Step[] {
  const { layout } = facts
  const { name, archive } = jail
  const made = archive === undefined ? fromRelease(facts, jail, request) : fromArchive(facts, jail, archive)
  return [...isFree(layout, name), ...made, ...markSteps(layout, { name, manager: 'iocage' }, { ours: true, tags: [], note: '' })]
}

function fromRelease(facts: Known, jail: NewJail, request: string): Step[] {
  const { name, type } = jail
  const dataset = datasetOf(facts, name)
  const base = baseFor(facts, jail.release)
  const snapshot = `${base.dataset}@${name}`
  const flags = type === 'thick' ? ['-T'] : []
  return [
    freeSnapshot(snapshot, name, request),
    {
      title: `Let iocage make the ${type} jail ${name} of ${base.name}`,
      action: callIocage(['create', '-n', name, '-r', base.name, ...flags, ...settings(facts.layout, jail)], name, 1800),
      done: { kind: 'journal-only', path: folderOf(facts.layout, name) },
      undo: [...destroyed(dataset), snapshotGone(snapshot), ...logsGone(facts.layout, name)],
    },
    isWhole(facts.layout, name),
  ]
}

/**
 * iocage takes a snapshot of the release by the jail's name, and fails where there is one: that of a jail in the trash, or one that was left over.
 * Whatever is a clone of it stays that under any name.
 */
function freeSnapshot(snapshot: string, name: string, request: string): Step {
  const aside = `${snapshot}.${request}`
  const isGone = datasetExists(snapshot, false)
  return {
    title: `Where a former ${name} still has the snapshot ${snapshot}, call that ${name}.${request}`,
    action: { kind: 'run', argv: ['zfs', 'rename', snapshot, aside], timeoutSeconds: 60, unlessDone: true },
    done: isGone,
    undo: [{ action: { kind: 'run', argv: ['zfs', 'rename', aside, snapshot], timeoutSeconds: 60 }, unless: datasetExists(snapshot) }],
  }
}

/** iocage's own destroy takes them away too. */
export function logsGone(layout: Layout, name: string): Undo[] {
  return logsOf(layout, name).map((path) => ({
    action: { kind: 'run', argv: ['rm', '-f', path], timeoutSeconds: 30 },
    unless: { kind: 'path', path, exists: false },
  }))
}

function isWhole(layout: Layout, name: string): Step {
  return {
    title: `Check that ${name} was made whole`,
    action: { kind: 'require', otherwise: `iocage made no ${configOf(layout, name)}, and does not say why. Try it by hand.` },
    done: { kind: 'path', path: configOf(layout, name), exists: true },
  }
}

/** A whole system, of whichever manager: one that shared its base with others has none of its own. */
function fromArchive(facts: Known, jail: NewJail, archive: string): Step[] {
  const { layout } = facts
  const { name } = jail
  const root = rootOf(layout, name)
  return [
    {
      title: `Let iocage make an empty jail ${name}`,
      action: callIocage(['create', '-e', '-n', name, ...settings(layout, jail)], name),
      done: { kind: 'journal-only', path: folderOf(layout, name) },
      undo: [...destroyed(datasetOf(facts, name)), ...logsGone(layout, name)],
    },
    isWhole(layout, name),
    {
      title: `Unpack ${archive}`,
      // after a crash it is unpacked again over what is there; what takes the datasets away takes this too
      action: { kind: 'run', argv: ['tar', '-xpf', archive, '-C', root], timeoutSeconds: 1800 },
    },
    {
      title: 'Check that it holds a whole system',
      action: {
        kind: 'require',
        otherwise: `${archive} has no bin/sh: its jail shared its base with others, and nothing here starts without one. Import it with the manager that it came from.`,
      },
      done: { kind: 'path', path: `${root}/bin/sh`, exists: true },
    },
  ]
}

/** Always off at boot: with `boot=on` it would be started at once. */
export function settings(layout: Layout, { address, vnet }: Pick<NewJail, 'address' | 'vnet'>): string[] {
  if (!vnet) return [`ip4_addr=${addressWord(layout, address)}`, 'boot=off']
  const { bridge, pool } = layout
  if (bridge === undefined) {
    return notSupported(
      'iocage',
      'a network stack of its own for a jail on this host',
      'Name a bridge in its layout (bridge: bridge0), or ask again with vnet:no.',
    )
  }
  return ['vnet=on', `interfaces=vnet0:${bridge}`, `ip4_addr=vnet0|${address}/${pool.split('/')[1] ?? '24'}`, 'boot=off']
}

/** With its interface: without one iocage takes the one to the outside. */
export function addressWord({ interface: own }: Pick<Layout, 'interface'>, address: string): string {
  return `${own}|${address}/32`
}
