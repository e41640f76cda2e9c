import type { Facts } from '../../../core/host.ts'
import type { NewJail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { notSupported } from '../not-supported.ts'
import { fromArchive } from './from-archive.ts'
import { mustNotBeNeeded, releaseFor } from './new-jail.ts'
import { folderOf, jailConfOf, jailsFolder, ownJailsFolder } from './paths.ts'
import { undoCreate } from './undo.ts'

/** bastille starts a new jail twice, and waits for its services each time. */
const createSeconds = 1200

/**
 * By bastille's own create, which knows what each kind of jail consists of. It starts the jail whatever it is told, so it is stopped again. When it
 * fails it may leave half a jail, or say 0: whether the jail runs is what tells. An address that somebody has it only warns of; it is chosen before.
 */
export function makeJail(facts: Facts, jail: NewJail): Step[] {
  if (jail.vnet) {
    return notSupported(
      'bastille',
      'a way for jailops to make jails with a network of their own',
      'Make it with `bastille create -V` and adopt it.',
    )
  }
  mustNotBeNeeded(facts, jail.name)
  return [
    sameFolder(facts),
    nothingInTheWay(facts, jail.name),
    ...(jail.archive === undefined ? fromRelease(facts, jail) : fromArchive(facts, jail, jail.archive)),
    ...markSteps(facts.layout, jail, { ours: true, tags: [], note: '' }),
  ]
}

/** Made elsewhere, it would neither be found nor taken back. */
function sameFolder({ layout }: Facts): Step {
  const path = jailsFolder(layout)
  return {
    title: `Check that bastille keeps its jails in ${path}`,
    action: {
      kind: 'require',
      otherwise: `bastille.conf names another folder for jails (bastille_jailsdir) than ${path}. Say in jailops's layout where it is (bastille: { prefix: … }).`,
    },
    done: { kind: 'command', argv: ownJailsFolder(), stdout: path },
  }
}

/** bastille would make the jail in it, and what takes that back would take the rest too. */
export function nothingInTheWay({ layout }: Pick<Facts, 'layout'>, name: string): Step {
  const path = folderOf(layout, name)
  return {
    title: `Check that nothing lies at ${path}`,
    action: { kind: 'require', otherwise: `${path} is there already. Look what it is and move it elsewhere, or choose another name.` },
    done: { kind: 'path', path, exists: false },
  }
}

function fromRelease(facts: Facts, jail: NewJail): Step[] {
  const { layout } = facts
  const { name, address, type } = jail
  const release = releaseFor(facts, jail.release)
  return [
    {
      title: `Let bastille make ${name} of ${release.name}, with address ${address}`,
      action: {
        kind: 'run',
        argv: ['bastille', 'create', '--no-boot', ...(type === 'thick' ? ['-T'] : []), name, release.name, address, layout.interface],
        timeoutSeconds: createSeconds,
      },
      // half a jail looks like a whole one
      done: { kind: 'journal-only', path: folderOf(layout, name) },
      undo: undoCreate(facts, name, address),
    },
    {
      title: `Check that ${name} was made whole`,
      action: {
        kind: 'require',
        otherwise: `bastille did not bring ${name} to where it runs, and does not say why. Try \`bastille create\` by hand.`,
      },
      done: { kind: 'jail', name, running: true },
    },
    {
      title: `Stop ${name}, which bastille started`,
      action: { kind: 'run', argv: ['jail', '-f', jailConfOf(layout, name), '-r', name], timeoutSeconds: 180 },
      done: { kind: 'jail', name, running: false },
    },
  ]
}
