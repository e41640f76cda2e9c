import { linesOf, namesIn, wordPattern } from './files.ts'
import { property } from './config.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, run, say, type Bastille } from './session.ts'
import { isRunning, setTarget, setting, settingsFile } from './targets.ts'

const startScript: Script = {
  usage: ['Usage: bastille start [option(s)] TARGET'],
  flags: { b: 'boot', v: 'verbose' },
  values: { d: 'delay' },
}

/** The exit code is 0 whatever jail(8) says. */
export function start(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, startScript, async ({ flags, words }) => {
    const [target, ...more] = words
    if (target === undefined || more.length > 0) return usage(bastille, startScript)
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    for (const jail of jails) {
      if (flags.has('boot') && (await setting(bastille, jail, 'boot')) === 'off') continue
      await startOne(bastille, jail, flags.has('verbose'))
    }
    return 0
  })
}

async function startOne(bastille: Bastille, jail: string, verbose: boolean): Promise<void> {
  for (const needed of (await setting(bastille, jail, 'depend')).split(/\s+/)) {
    if (needed !== '' && !(await isRunning(bastille, needed))) await run(bastille, 'bastille', ['start', needed])
  }
  say(bastille, `\n[${jail}]:`)
  if (await isRunning(bastille, jail)) return complain(bastille, 'Jail is already running.')
  await warnOfAddresses(bastille, jail)
  const file = `${bastille.conf.jails}/${jail}/jail.conf`
  await run(bastille, 'jail', [...(verbose ? ['-v'] : []), '-f', file, '-c', jail])
  for (const rule of linesOf(bastille, `${bastille.conf.jails}/${jail}/rctl.conf`)) await run(bastille, 'rctl', ['-a', rule])
}

/** An interface that is missing and an address that is taken are told; the jail is started all the same. */
async function warnOfAddresses(bastille: Bastille, jail: string): Promise<void> {
  if ((await property(bastille, jail, 'vnet')) !== 'not set') return
  const addresses = await property(bastille, jail, 'ip4.addr')
  if (addresses === 'not set') return
  const { text } = await ask(bastille, 'ifconfig', ['-a'])
  for (const each of addresses.split(',')) {
    const [name = '', address = ''] = each.split('|')
    if (!text.split('\n').some((line) => line.startsWith(`${name}:`))) {
      complain(bastille, `[ERROR]: ${name} interface does not exist.`)
      continue
    }
    const bare = address.replace(/\/.*/, '')
    if (isAddressIn(text, bare)) complain(bastille, `[ERROR]: IP address (${bare}) already in use.`)
  }
}

/** `ifconfig | grep -wF ADDRESS`. */
export function isAddressIn(text: string, address: string): boolean {
  return address !== '' && wordPattern(address.replaceAll('.', String.raw`\.`)).test(text)
}

const stopScript: Script = { usage: ['Usage: bastille stop [option(s)] TARGET'], flags: { v: 'verbose' } }

/** The exit code is 0 whatever jail(8) says. */
export function stop(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, stopScript, async ({ flags, words }) => {
    const [target, ...more] = words
    if (target === undefined || more.length > 0) return usage(bastille, stopScript)
    const jails = await setTarget(bastille, target, 'reverse')
    if (jails === undefined) return 1
    for (const jail of jails) await stopOne(bastille, jail, flags.has('verbose'))
    return 0
  })
}

async function stopOne(bastille: Bastille, jail: string, verbose: boolean): Promise<void> {
  const { jails } = bastille.conf
  // Whoever names it anywhere in his settings.conf is taken to depend on it, also when the name is a pattern.
  for (const other of namesIn(bastille, jails)) {
    const isNamed = linesOf(bastille, settingsFile(bastille, other)).some((line) => wordPattern(jail).test(line))
    if (other !== jail && isNamed) await run(bastille, 'bastille', ['stop', other])
  }
  const running = await isRunning(bastille, jail)
  say(bastille, `\n[${jail}]:`)
  if (!running) return complain(bastille, 'Jail is already stopped.')
  if (linesOf(bastille, `${jails}/${jail}/rctl.conf`).length > 0) await run(bastille, 'bastille', ['limits', jail, 'clear'])
  await run(bastille, 'jail', [...(verbose ? ['-v'] : []), '-f', `${jails}/${jail}/jail.conf`, '-r', jail])
}

const restartScript: Script = {
  usage: ['Usage: bastille restart [option(s)] TARGET'],
  flags: { b: 'boot', i: 'ignore', v: 'verbose' },
  values: { d: 'delay' },
}

export function restart(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, restartScript, async ({ flags, words }) => {
    const [target, ...more] = words
    if (target === undefined || more.length > 0) return usage(bastille, restartScript)
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    for (const jail of jails) {
      if (flags.has('ignore') && !(await isRunning(bastille, jail))) continue
      await run(bastille, 'bastille', ['stop', jail])
      await run(bastille, 'bastille', ['start', jail])
    }
    return 0
  })
}
