import { subCall, type Call } from '../call.ts'
import type { Host } from '../host.ts'
import { runHostProgram } from '../programs.ts'
import { refusalCode, Refusal } from '../refuse.ts'
import { readWords, usageError } from './click.ts'
import { fullConfig, isTrue, text } from './config.ts'
import { allJails, kernelName, meansAll, needJail, runningJail, type Jail } from './jails.ts'
import { fail, info, run, silent } from './speech.ts'
import { startByName } from './start.ts'

const usage = '[OPTIONS] JAIL [COMMAND]...'
const known = {
  flags: { '-f': 'force', '--force': 'force', '-p': 'proxy', '--keep_proxy': 'proxy' },
  values: { '-u': 'host', '--host_user': 'host', '-U': 'jail', '--jail_user': 'jail' },
  usage,
  unknownIsOperand: true,
}

/** iocage exec. Its own options are taken out of the command too, wherever they stand. */
export async function exec(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('exec', args, known)
  const [wanted, ...given] = words.operands
  if (wanted === undefined) throw usageError('exec', usage, "Missing argument 'JAIL'.")
  if (wanted.startsWith('-')) fail('Please specify a jail first!')
  // One word is a line for the shell.
  const argv = given.length === 1 ? ['/bin/sh', '-c', ...given] : given
  const user = words.value('jail') === undefined ? ['-u', words.value('host') ?? 'root'] : ['-U', words.value('jail') ?? '']
  const jails = meansAll(wanted) ? await allJails(host, call) : [await needJail(host, call, wanted)]
  for (const jail of jails) {
    await mustRun(host, call, jail, meansAll(wanted) ? jail.name : wanted, words.flags.has('force'))
    const code = await runHostProgram(host, subCall(call, 'jexec', [...user, kernelName(jail.name), ...argv]))
    if (code === refusalCode) throw new Refusal('lab: iocage: exec ended with what is not imitated')
    if (code !== 0) fail(`Command: ${argv.join(' ')} failed!`)
  }
}

async function mustRun(host: Host, call: Call, jail: Jail, shown: string, force: boolean): Promise<void> {
  if (runningJail(host, jail.name) !== undefined) return
  if (!force) fail(`${shown} is not running! Please supply --force (-f) or start the jail`)
  await startByName(host, silent(call), jail.name)
}

/** iocage pkg. */
export async function pkg(host: Host, call: Call, args: string[]): Promise<void> {
  const [wanted, ...command] = args
  if (wanted === undefined) throw usageError('pkg', '[OPTIONS] JAIL [COMMAND]...', "Missing argument 'JAIL'.")
  const jail = await needJail(host, call, wanted)
  await mustRun(host, call, jail, wanted, false)
  const config = fullConfig(jail.folder)
  const hasAddress = ['ip4_addr', 'ip6_addr'].some((key) => text(config, key) !== 'none') || isTrue(config['dhcp']) || isTrue(config['nat'])
  if (!hasAddress) fail('The jail requires an IP address before you can use pkg. Set one and restart the jail.')
  const argv = ['pkg', '-j', String(runningJail(host, jail.name)?.jid ?? ''), ...command]
  const ran = await run(host, call, 'pkg', argv.slice(1))
  if (ran.out !== '') info(call, ran.out.trimEnd())
  if (ran.code !== 0) fail(ran.err.trimEnd() || `Command: ${JSON.stringify(argv)} failed!`)
}

/** iocage chroot: only a word of advice. */
export function chroot(_host: Host, call: Call, args: string[]): void {
  const what = args.length > 1 ? 'command inside the jail use: iocage exec' : 'shell inside the jail use: iocage console'
  info(call, `iocage chroot is deprecated. If you need to execute a ${what}`)
}
