import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { readWords } from './click.ts'
import { fullConfig, isTrue, text } from './config.ts'
import { allJails, meansAll, needJail, runningJail, type Jail } from './jails.ts'
import { fail, info, IocageError, silent, warn } from './speech.ts'
import { startByName } from './start.ts'
import { stopJail } from './stop.ts'

const ignoring = { '-i': 'ignore', '--ignore': 'ignore' }

/** iocage start. */
export async function start(host: Host, call: Call, args: string[]): Promise<void> {
  const { flags, operands } = readWords('start', args, { flags: { '--rc': 'rc', ...ignoring }, usage: '[OPTIONS] JAILS...' })
  if (operands.length === 0 && !flags.has('rc')) fail('Usage: iocage start [OPTIONS] JAILS...\n\nError: Missing argument "jails".')
  if (flags.has('rc')) return startBoot(host, silent(call))
  for (const wanted of operands) {
    await orIgnore(call, flags.has('ignore'), () => (meansAll(wanted) ? startAll(host, call) : startByName(host, call, wanted)))
  }
  return undefined
}

async function orIgnore(call: Call, ignore: boolean, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!ignore || !(error instanceof IocageError)) throw error
    warn(call, error.message)
  }
}

/** In the order of their priorities; templates are only mentioned. */
async function startAll(host: Host, call: Call): Promise<void> {
  for (const jail of await inOrder(host, call, false)) {
    if (runningJail(host, jail.name) !== undefined) warn(call, `${jail.name} (${jail.name}) is already running!`)
    else if (jail.isTemplate) warn(call, `Please convert back to a jail before trying to start ${jail.name}`)
    else await startByName(host, call, jail.name)
  }
}

/** What rc.d/iocage does at boot. */
export async function startBoot(host: Host, call: Call): Promise<void> {
  for (const jail of await inOrder(host, call, false)) {
    if (!isTrue(fullConfig(jail.folder)['boot']) || runningJail(host, jail.name) !== undefined) continue
    info(call, `  Starting ${jail.name}`)
    await orIgnore(call, true, () => startByName(host, call, jail.name))
  }
}

function priority(jail: Jail): number {
  return Number(text(fullConfig(jail.folder), 'priority'))
}

async function inOrder(host: Host, call: Call, reverse: boolean): Promise<Jail[]> {
  const jails = await allJails(host, call)
  return jails.toSorted((one, other) => (reverse ? priority(other) - priority(one) : priority(one) - priority(other)))
}

/** iocage stop. */
export async function stop(host: Host, call: Call, args: string[]): Promise<void> {
  const known = { '--rc': 'rc', '-f': 'force', '--force': 'force', ...ignoring }
  const { flags, operands } = readWords('stop', args, { flags: known, usage: '[OPTIONS] JAILS...' })
  if (operands.length === 0 && !flags.has('rc')) fail('Usage: iocage stop [OPTIONS] JAILS...\n\nError: Missing argument "jails".')
  if (flags.has('rc')) {
    for (const jail of await inOrder(host, call, true)) {
      if (isTrue(fullConfig(jail.folder)['boot'])) await stopJail(host, silent(call), jail, false)
    }
    return
  }
  for (const wanted of operands) {
    await orIgnore(call, flags.has('ignore'), async () => {
      if (meansAll(wanted)) await stopAll(host, call)
      else await stopJail(host, call, await needJail(host, call, wanted), flags.has('force'))
    })
  }
}

async function stopAll(host: Host, call: Call): Promise<void> {
  for (const jail of await inOrder(host, call, true)) await stopJail(host, call, jail, false)
}

/** iocage restart. */
export async function restart(host: Host, call: Call, args: string[]): Promise<void> {
  const { flags, operands } = readWords('restart', args, { flags: { '-s': 'soft', '--soft': 'soft' }, usage: '[OPTIONS] JAIL' })
  if (flags.has('soft')) refuse('iocage', 'restart --soft is not imitated here')
  const [wanted] = operands
  if (wanted === undefined) fail('Usage: iocage restart [OPTIONS] JAIL\n\nError: Missing argument "jail".')
  if (meansAll(wanted)) {
    await stopAll(host, call)
    return startAll(host, call)
  }
  await stopJail(host, call, await needJail(host, call, wanted), false)
  return startByName(host, call, wanted)
}
