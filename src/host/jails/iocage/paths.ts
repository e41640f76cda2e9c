import { JailopsError } from '../../../core/errors.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction } from '../../../core/step.ts'

/* Where iocage keeps what a jail consists of: ROOT/jails/NAME is a dataset with its two files, NAME/root another below it. */

type Rooted = Pick<Layout, 'iocage'>

export function jailsFolder({ iocage }: Rooted): string {
  return `${iocage.root}/jails`
}

export function templatesFolder({ iocage }: Rooted): string {
  return `${iocage.root}/templates`
}

export function folderOf(layout: Rooted, name: string): string {
  return `${jailsFolder(layout)}/${name}`
}

export function rootOf(layout: Rooted, name: string): string {
  return `${folderOf(layout, name)}/root`
}

export function configOf(layout: Rooted, name: string): string {
  return `${folderOf(layout, name)}/config.json`
}

export function fstabOf(layout: Rooted, name: string): string {
  return `${folderOf(layout, name)}/fstab`
}

/** Of what its rc says. */
export function consoleLogOf({ iocage }: Rooted, name: string): string {
  return `${iocage.root}/log/${name.replaceAll('.', '_')}-console.log`
}

/** That one, and what jail(8) itself writes. */
export function logsOf({ iocage }: Rooted, name: string): string[] {
  return [consoleLogOf({ iocage }, name), `${iocage.root}/log/${kernelNameOf(name)}-console.log`]
}

/** To the kernel `a.b` and `a_b` are one jail. */
export function kernelNameOf(name: string): string {
  return `ioc-${name.replaceAll('.', '_')}`
}

/**
 * A call of iocage for one jail. It takes the letters ALL anywhere in a name for "all jails", and a name that nobody has for the beginning of
 * another's: whoever calls it looks before whether exactly this jail is there. @throws bad_argument
 */
export function callIocage(words: readonly string[], name: string, timeoutSeconds = 120): RunAction {
  if (name.includes('ALL') || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new JailopsError('bad_argument', `iocage takes ${JSON.stringify(name)} for something else than the name of one jail.`)
  }
  return { kind: 'run', argv: ['iocage', ...words], timeoutSeconds }
}
