import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { NewJail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { releaseFor } from './new-jail.ts'
import { baseOf, consoleLogOf, folderOf, fstabOf, jailConfOf, rootOf } from './paths.ts'
import { undoCreate } from './undo.ts'

/**
 * An empty jail of bastille's is given what is in the archive, and the parameters that bastille gives to all others. What a thin jail was, that
 * it stays: its release was not packed with it.
 */
export function fromArchive(facts: Facts, jail: NewJail, archive: string): Step[] {
  const { layout } = facts
  const { name } = jail
  mustFit(facts, jail, archive)
  const root = rootOf(layout, name)
  return [
    {
      title: `Let bastille make an empty jail ${name}`,
      action: { kind: 'run', argv: ['bastille', 'create', '--no-boot', '-E', name], timeoutSeconds: 120 },
      done: { kind: 'journal-only', path: folderOf(layout, name) },
      undo: undoCreate(facts, name, jail.address),
    },
    {
      title: `Check that ${name} was made whole`,
      action: { kind: 'require', otherwise: `bastille did not make ${root}, and does not say why. Try \`bastille create -E\` by hand.` },
      done: { kind: 'path', path: root, exists: true },
    },
    {
      title: `Give ${name} its configuration, with address ${jail.address}`,
      action: {
        kind: 'edit',
        path: jailConfOf(layout, name),
        edits: parametersOf(facts, jail).map(([one, line]) => ({ what: 'parameter', names: [one], lines: [`  ${line}`] })),
        check: ['jail', '-f', '{staged}', '-e', '|'],
      },
    },
    {
      title: `Unpack ${archive}`,
      action: { kind: 'run', argv: ['tar', '-xpf', archive, '-C', root], timeoutSeconds: 1800 },
      done: { kind: 'journal-only', path: root },
      // after a crash it is unpacked again over what is there
      undo: [
        {
          action: { kind: 'run', argv: ['chflags', '-R', 'noschg', root], timeoutSeconds: 300 },
          unless: { kind: 'path', path: root, exists: false },
        },
      ],
    },
    ...(jail.type === 'thin' ? shareRelease(facts, jail) : []),
  ]
}

/** @throws bad_argument: a jail that was exported without its base cannot live without it */
function mustFit({ archives }: Facts, { type }: NewJail, path: string): void {
  const packed = archives.find((one) => one.path === path)?.jail
  const isThin = packed?.manager === 'bastille' && packed.type === 'thin'
  if (packed?.manager === 'ezjail') {
    throw new JailopsError('bad_argument', 'A jail of ezjail needs its basejail, which no archive holds. Import it with manager:ezjail.')
  }
  if (isThin && type === 'thick') {
    throw new JailopsError('bad_argument', 'That was a thin jail, whose release no archive holds. Import it with type:thin.')
  }
  if (!isThin && type === 'thin') {
    throw new JailopsError(
      'bad_argument',
      'That archive holds a whole system, so bastille can make a thick jail of it. Import it with type:thick.',
    )
  }
}

/** As bastille writes them. */
function parametersOf(facts: Facts, jail: NewJail): [name: string, line: string][] {
  const { layout } = facts
  const release = jail.type === 'thin' ? releaseFor(facts, jail.release).name : jail.release
  return [
    ['enforce_statfs', 'enforce_statfs = 2;'],
    ['devfs_ruleset', 'devfs_ruleset = 4;'],
    ['exec.clean', 'exec.clean;'],
    ['exec.consolelog', `exec.consolelog = ${consoleLogOf(layout, jail.name)};`],
    ['exec.start', "exec.start = '/bin/sh /etc/rc';"],
    ['exec.stop', "exec.stop = '/bin/sh /etc/rc.shutdown';"],
    ['mount.devfs', 'mount.devfs;'],
    ['securelevel', 'securelevel = 2;'],
    ...(release === undefined ? [] : [['osrelease', `osrelease = "${release}";`] satisfies [string, string]]),
    ['ip4.addr', `ip4.addr = ${layout.interface}|${jail.address};`],
    ['ip6', 'ip6 = disable;'],
  ]
}

function shareRelease(facts: Facts, jail: NewJail): Step[] {
  const { layout } = facts
  const place = baseOf(layout, jail.name)
  const release = releaseFor(facts, jail.release)
  return [
    {
      title: `Make the place where ${jail.name} sees its release`,
      action: { kind: 'run', argv: ['mkdir', '-p', place], timeoutSeconds: 30 },
      done: { kind: 'command', argv: ['realpath', place], stdout: place },
    },
    {
      title: `Let ${jail.name} share ${release.name}`,
      action: { kind: 'line', path: fstabOf(layout, jail.name), line: `${release.path} ${place} nullfs ro 0 0`, on: true },
    },
  ]
}
