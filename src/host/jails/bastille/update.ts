import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { RunAction, Step, Undo } from '../../../core/step.ts'
import { datasetAt, datasetExists } from '../../zfs.ts'
import { isAtRest } from '../at-rest.ts'
import { notSupported } from '../not-supported.ts'
import { releaseFor } from './new-jail.ts'
import { baseOf, fstabOf, jailConfOf } from './paths.ts'
import { parameter } from './rename.ts'
import { startJail, stopJail } from './start-stop.ts'

/** freebsd-update fetches what it does not have; a slow mirror takes its time. */
const timeoutSeconds = 3600

/**
 * By bastille's own update, which tells a base of packages from one of freebsd-update's: by the jail's full name, which means nobody else while it
 * is there. It works on running jails only.
 */
export function updateJail(facts: Facts, jail: Jail, request: string): Step[] {
  if (jail.type === 'thin') {
    return notSupported(
      'bastille',
      `a base of its own for the thin jail ${jail.name}, which shares its release with others`,
      `Update that for all of them: /release update ${jail.release ?? 'RELEASE'} manager:bastille`,
    )
  }
  const isStopped = jail.state !== 'running'
  return [
    {
      title: `Check that bastille knows ${jail.name}`,
      action: { kind: 'require', otherwise: `${jail.name} is not there any more, and its name might mean another jail to bastille.` },
      done: { kind: 'path', path: jailConfOf(facts.layout, jail.name), exists: true },
    },
    ...(isStopped ? startJail(facts, jail) : []),
    ...guarded(facts, { ...jail, state: 'running' }, request, [
      {
        title: `Let bastille bring the base of ${jail.name} to its newest patches`,
        action: { kind: 'run', argv: ['bastille', 'update', jail.name], timeoutSeconds, shows: true },
        // half an update looks like a whole one
        done: { kind: 'journal-only', path: jail.root },
      },
    ]),
    ...(isStopped ? stopJail(facts, { ...jail, state: 'running' }) : []),
  ]
}

/** A thin jail gets another release to share; a thick one is upgraded where it stands. */
export function upgradeJail(facts: Facts, jail: Jail, release: string, request: string): Step[] {
  if (jail.release === release)
    throw new JailopsError('nothing_to_do', `${jail.name} is at ${release} already. See /jail update ${jail.name}`)
  return jail.type === 'thin' ? shareOther(facts, jail, release) : upgradeThick(facts, jail, release, request)
}

function shareOther(facts: Facts, jail: Jail, release: string): Step[] {
  const { layout } = facts
  const { path } = releaseFor(facts, release)
  const place = baseOf(layout, jail.name)
  return [
    ...isAtRest(jail, 'moved'),
    {
      title: `Let ${jail.name} share ${release} instead of ${jail.release ?? 'its release'}`,
      action: {
        kind: 'edit',
        path: fstabOf(layout, jail.name),
        edits: [{ what: 'mount', on: place, line: `${path} ${place} nullfs ro 0 0` }],
      },
    },
    {
      title: `Tell ${jail.name} that it is ${release}`,
      action: { kind: 'edit', path: jailConfOf(layout, jail.name), edits: [parameter('osrelease', `"${release}"`)] },
    },
  ]
}

/** `bastille upgrade` stops half way and wants to be called again; this is what it calls. A base of packages freebsd-update refuses by itself. */
function upgradeThick(facts: Facts, jail: Jail, release: string, request: string): Step[] {
  const { root, name } = jail
  const from = jail.release
  if (from === undefined) {
    return notSupported(
      'bastille',
      `a jail.conf that says which release ${name} is (osrelease)`,
      `Use \`bastille upgrade ${name} ${release}\`.`,
    )
  }
  const words = (running: string) => [
    'env',
    'PAGER=cat',
    'freebsd-update',
    '--not-running-from-cron',
    '--currently-running',
    running,
    '-b',
    root,
  ]
  const run = (running: string, ...more: string[]): RunAction => ({
    kind: 'run',
    argv: [...words(running), ...more],
    timeoutSeconds,
    shows: true,
  })
  return [
    ...guarded(facts, jail, request, [
      {
        title: `Fetch what ${name} needs to become ${release}`,
        action: { ...run(from, '-r', release, 'upgrade'), stdin: 'y\n'.repeat(20) },
        done: { kind: 'command', argv: [...words(from), 'updatesready'], exitCode: 0 },
      },
      {
        title: `Install ${release} in ${name}`,
        action: run(from, 'install'),
        done: { kind: 'command', argv: ['grep', '-q', `^USERLAND_VERSION="${release}`, `${root}/bin/freebsd-version`], exitCode: 0 },
      },
      {
        title: `Take the old libraries of ${name} away`,
        action: { ...run(release, 'install'), unlessDone: true },
        done: { kind: 'command', argv: [...words(release), 'updatesready'], exitCode: 2 },
      },
    ]),
    {
      title: `Tell ${name} that it is ${release}`,
      action: { kind: 'edit', path: jailConfOf(facts.layout, name), edits: [parameter('osrelease', `"${release}"`)] },
    },
  ]
}

/** On ZFS the base comes back by a snapshot, which stays for whoever is not happy with what is new. */
function guarded(facts: Facts, jail: Jail, request: string, steps: readonly Step[]): Step[] {
  const { root, name } = jail
  const dataset = datasetAt(facts.datasets, root)?.name
  const [first, ...others] = steps
  if (first === undefined) return []
  if (dataset === undefined) {
    const final = `without ZFS the former files of its base are not kept; export ${name} first if you want a way back`
    return steps.map((step) => ({ ...step, final }))
  }
  const snapshot = `${dataset}@jailops-${request}`
  return [
    {
      title: `Keep the base of ${name} as it is, as ${snapshot}`,
      action: { kind: 'run', argv: ['zfs', 'snapshot', snapshot], timeoutSeconds: 120 },
      done: datasetExists(snapshot),
      undo: [{ action: { kind: 'run', argv: ['zfs', 'destroy', snapshot], timeoutSeconds: 120 }, unless: datasetExists(snapshot, false) }],
    },
    // one rollback takes all of them back, and it is the first step's: it comes last
    { ...first, undo: rollBack(facts, jail, snapshot) },
    ...others,
  ]
}

/** Nothing may run on what changes below it. */
function rollBack({ layout }: Facts, { name, state }: Jail, snapshot: string): Undo[] {
  const jail = (flag: '-c' | '-r') => ({
    kind: 'run' as const,
    argv: ['jail', '-f', jailConfOf(layout, name), flag, name],
    timeoutSeconds: 180,
  })
  return [
    { action: jail('-r'), unless: { kind: 'jail', name, running: false } },
    { action: { kind: 'run', argv: ['zfs', 'rollback', '-r', snapshot], timeoutSeconds: 300 } },
    ...(state === 'running' ? [{ action: jail('-c'), unless: { kind: 'jail' as const, name, running: true } }] : []),
  ]
}
