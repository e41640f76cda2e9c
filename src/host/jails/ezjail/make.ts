import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step, Undo } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { notSupported } from '../not-supported.ts'
import { blockingLine, consoleLogOf, controlFile, controlLine, fstabFile, kernelNameOf, rootOf } from './control-file.ts'
import { unpackTree } from './fill.ts'

type Known = Pick<Facts, 'layout' | 'jails' | 'managers' | 'releases'>

/** The jail as it will be seen once it is made. */
export function expectedJail(layout: Layout, { name, address, startsAtBoot, type }: NewJail): Jail {
  const kernelName = kernelNameOf(name)
  return {
    name,
    manager: 'ezjail',
    ours: true,
    isMarked: true,
    state: 'stopped',
    kernelName,
    address,
    addresses: [address],
    hostname: name,
    root: rootOf(layout, name),
    startsAtBoot,
    configuration: controlFile(layout, kernelName),
    type,
    vnet: false,
    depends: [],
    tags: [],
    note: '',
    mounts: [],
    properties: {},
    consoleLog: consoleLogOf(layout, kernelName),
  }
}

/** A new jail, by `ezjail-admin create`: from ezjail's template, or over a tree that was unpacked before. */
export function makeJail(facts: Known, jail: NewJail, request: string): Step[] {
  mustBePossible(facts, jail)
  const { layout } = facts
  const { name, archive } = jail
  if (archive === undefined) return [...placesAreFree(layout, name), create(layout, jail), ...settle(layout, jail)]
  return [...placesAreFree(layout, name), ...unpackTree(layout, name, archive, request), ...enlist(layout, jail)]
}

/** Over a tree that stands in its place. */
export function enlist(layout: Layout, jail: NewJail): Step[] {
  return [createOver(layout, jail), ...settle(layout, jail)]
}

/**
 * ezjail would write over an fstab that is there, and what takes a failed create back would take away whatever has the jail's name.
 */
export function placesAreFree(layout: Layout, name: string): Step[] {
  const kernelName = kernelNameOf(name)
  const control = controlFile(layout, kernelName)
  return [rootOf(layout, name), control, `${control}.norun`, fstabFile(layout, kernelName)].map((path) => ({
    title: `Check that there is no ${path}`,
    action: { kind: 'require', otherwise: `${path} is there already. Look at it and move it elsewhere, or choose another name.` },
    done: { kind: 'path', path, exists: false },
  }))
}

/** @throws jail_name_taken: `a-b` and `a_b` are one jail to ezjail and to the kernel */
export function mustNotFold({ jails }: Pick<Facts, 'jails'>, name: string): void {
  const kernelName = kernelNameOf(name)
  const other = jails.find((one) => one.kernelName === kernelName && one.name !== name)
  if (other === undefined) return
  throw new JailopsError('jail_name_taken', `ezjail calls both ${name} and ${other.name} ${kernelName}. Choose another name.`)
}

function mustBePossible(facts: Known, { name, type, vnet, release, archive }: NewJail): void {
  if (!facts.managers.some(({ manager }) => manager === 'ezjail')) {
    throw new JailopsError(
      'host_not_ready',
      'ezjail is not installed on this host. Choose another manager, or install it (pkg install ezjail).',
    )
  }
  mustNotFold(facts, name)
  if (vnet) notSupported('ezjail', 'jails with a network of their own (vnet)', 'Use manager:jail.conf.')
  if (archive !== undefined) return
  if (type === 'thick') {
    notSupported('ezjail', 'jails with a base of their own', 'Say type:thin, or use manager:jail.conf for a thick one.')
  }
  const base = facts.releases.find(({ manager }) => manager === 'ezjail')?.name ?? facts.jails.find(isOfEzjail)?.release
  if (release !== undefined && base !== undefined && release !== base) {
    notSupported('ezjail', `jails of ${release}: all of its jails share one base, which is ${base}`, 'Leave the release out.')
  }
}

function isOfEzjail({ manager }: Jail): boolean {
  return manager === 'ezjail'
}

/** What fails half-way leaves a folder that ezjail knows nothing of. */
function create(layout: Layout, jail: NewJail): Step {
  const root = rootOf(layout, jail.name)
  const gone = { kind: 'path', path: root, exists: false } as const
  return {
    title: `Make ${jail.name} from ezjail's template, with address ${jail.address}`,
    action: ezjail('create', jail.name, addressOf(layout, jail)),
    done: { kind: 'journal-only', path: root },
    undo: [
      { action: run('umount', '-a', '-F', fstabFile(layout, kernelNameOf(jail.name))), unless: { kind: 'no-mounts', path: root } },
      { action: ezjail('delete', '-w', jail.name), unless: isUnknown(layout, jail), mayFail: true },
      { action: run('chflags', '-R', 'noschg', root), unless: gone },
      { action: run('rm', '-x', '-rf', root), unless: gone },
      ...filesAway(layout, jail),
    ],
  }
}

function createOver(layout: Layout, jail: NewJail): Step {
  return {
    title: `Let ezjail have ${jail.name}, with address ${jail.address}`,
    action: ezjail('create', '-x', jail.name, addressOf(layout, jail)),
    done: { kind: 'journal-only', path: fstabFile(layout, kernelNameOf(jail.name)) },
    // without -w: the tree is taken back by the steps that made it
    undo: [{ action: ezjail('delete', jail.name), unless: isUnknown(layout, jail), mayFail: true }, ...filesAway(layout, jail)],
  }
}

/** `exec.stop` is empty where ezjail says nothing of it: its jails' processes would be killed, with no rc.shutdown. */
function settle(layout: Layout, { name, manager }: NewJail): Step[] {
  const kernelName = kernelNameOf(name)
  const path = controlFile(layout, kernelName)
  const stop = controlLine(kernelName, 'exec_stop', '/bin/sh /etc/rc.shutdown jail')
  return [
    {
      title: `Check that ezjail knows ${name}`,
      action: { kind: 'require', otherwise: `ezjail-admin reported success, but there is no ${path}.` },
      done: { kind: 'path', path, exists: true },
    },
    { title: `Let the services of ${name} shut down before it is stopped`, action: { kind: 'line', path, line: stop, on: true } },
    {
      title: `Keep ${name} off at boot until it is known to run`,
      action: { kind: 'line', path, line: blockingLine(kernelName), on: true },
    },
    ...markSteps(layout, { name, manager }, { ours: true, tags: [], note: '' }),
  ]
}

function filesAway(layout: Layout, { name }: NewJail): Undo[] {
  const kernelName = kernelNameOf(name)
  return [controlFile(layout, kernelName), fstabFile(layout, kernelName)].map((path) => ({
    action: run('rm', '-f', path),
    unless: { kind: 'path', path, exists: false },
  }))
}

function isUnknown(layout: Layout, { name }: NewJail) {
  return { kind: 'path', path: controlFile(layout, kernelNameOf(name)), exists: false } as const
}

function addressOf(layout: Layout, { address }: NewJail): string {
  return `${layout.interface}|${address}`
}

function ezjail(...words: string[]): RunAction {
  return { kind: 'run', argv: ['ezjail-admin', ...words], timeoutSeconds: 900 }
}

function run(...argv: string[]): RunAction {
  return { kind: 'run', argv, timeoutSeconds: 600 }
}
