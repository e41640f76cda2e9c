import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { activate, deactivate, makeMissingDatasets } from './activate.ts'
import { clone, create } from './create.ts'
import { destroy } from './destroy.ts'
import { df } from './df.ts'
import { chroot, exec, pkg } from './exec.ts'
import { fetch } from './fetch.ts'
import { fstab } from './fstab.ts'
import { exportJail, importJail } from './image.ts'
import { mustBeActive } from './jails.ts'
import { list } from './list.ts'
import { restart, start, stop } from './many.ts'
import { rename } from './rename.ts'
import { get, set } from './settings.ts'
import { rollback, snaplist, snapremove, snapshot } from './snapshots.ts'
import { IocageError } from './speech.ts'
import { update, upgrade } from './update.ts'

type Command = (host: Host, call: Call, args: string[]) => void | Promise<void>

const commands: Record<string, Command> = {
  activate,
  chroot,
  clone,
  create,
  deactivate,
  destroy,
  df,
  exec,
  export: exportJail,
  fetch,
  fstab,
  get,
  import: importJail,
  list,
  pkg,
  rename,
  restart,
  rollback,
  set,
  snaplist,
  snapremove,
  snapshot,
  start,
  stop,
  update,
  upgrade,
}

const notImitated = ['clean', 'console', 'debug', 'migrate']

/** iocage 1.13. */
export async function iocage(host: Host, call: Call): Promise<number> {
  const [name = '', ...args] = call.args.filter((arg, at) => at > 0 || !['-D', '--debug', '-f', '--force'].includes(arg))
  if (name === '-v' || name === '--version') {
    call.out('Version\t1.13\n')
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (notImitated.includes(name) || args.includes('--help')) return refuse('iocage', `${call.args.join(' ')} is not imitated here`)
  try {
    if (command === undefined) throw noSuchCommand(name)
    if (name !== 'activate') {
      await mustBeActive(host, call)
      await makeMissingDatasets(host, call)
    }
    await command(host, call, args)
    return 0
  } catch (error) {
    if (!(error instanceof IocageError)) throw error
    if (error.message !== '') call.err(`${error.message}\n`)
    return error.code
  }
}

function noSuchCommand(name: string): IocageError {
  const mistake = name === '' ? 'Missing command.' : name.startsWith('-') ? `No such option: ${name}` : `No such command '${name}'.`
  return new IocageError(`Usage: iocage [OPTIONS] COMMAND [ARGS]...\nTry 'iocage --help' for help.\n\nError: ${mistake}`, 2)
}
