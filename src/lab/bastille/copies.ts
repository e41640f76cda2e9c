import { refuse } from '../refuse.ts'
import { findWrongName, isAddress } from './create.ts'
import { isFolder, linesOf, readText, timestamp, writeText } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, fail, pipe, run, say, type Bastille } from './session.ts'
import { isAddressIn } from './start-stop.ts'
import { mustStop, setTargetSingle } from './targets.ts'

const cloneScript: Script = {
  usage: ['Usage: bastille clone [option(s)] TARGET NEW_NAME IP'],
  flags: { a: 'auto', l: 'live' },
}

/** A copy under another name and address. With -l the jail runs on (ZFS only), with -a it is stopped and both are started. */
export function clone(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, cloneScript, async ({ flags, words }) => {
    const { dataset, jails } = bastille.conf
    if (flags.has('live') && dataset === undefined) return fail(bastille, '[ERROR]: [-l|--live] can only be used with ZFS.')
    if (flags.has('live') && flags.has('auto')) return fail(bastille, '[ERROR]: [-a|--auto] cannot be used with [-l|--live].')
    const [given, name = '', address = ''] = words
    if (given === undefined || words.length !== 3) return usage(bastille, cloneScript)
    const target = await setTargetSingle(bastille, given)
    if (target === undefined) return 1
    mustNotBeVnet(bastille, target)
    const wrong = findWrongName(bastille, name, false)
    if (wrong !== undefined) return fail(bastille, wrong)
    if (!isAddress(address)) return fail(bastille, `[ERROR]: Invalid IP: ${address}`)
    const { text } = await ask(bastille, 'ifconfig', ['-a'])
    const bare = address.replace(/\/.*/, '')
    say(bastille, isAddressIn(text, bare) ? `[WARNING]: IP address in use: ${bare}` : `\nValid IP: ${address}`)
    say(bastille, `\nAttempting to clone '${target}' to '${name}'...`)
    if (isFolder(bastille, `${jails}/${name}`)) return fail(bastille, `[ERROR]: ${name} already exists.`)
    if (!flags.has('live') && !(await mustStop(bastille, target, flags.has('auto')))) return 1
    const copied = await (dataset === undefined
      ? run(bastille, 'cp', ['-a', `${jails}/${target}`, `${jails}/${name}`])
      : replicate(bastille, `${dataset}/jails/${target}`, `${dataset}/jails/${name}`))
    rewriteNames(bastille, target, name)
    rewriteAddress(bastille, name, address)
    if (copied !== 0 || readText(bastille, `${jails}/${name}/fstab`) === undefined)
      return fail(bastille, `[ERROR]: An error has occurred while attempting to clone '${target}'.`)
    say(bastille, `\nCloned '${target}' to '${name}' successfully.`)
    if (flags.has('auto')) await run(bastille, 'bastille', ['start', target])
    if (flags.has('auto') || flags.has('live')) await run(bastille, 'bastille', ['start', name])
    return 0
  })
}

/** Its cable's names would have to change, here and in the jail's rc.conf. */
function mustNotBeVnet(bastille: Bastille, jail: string): void {
  const lines = linesOf(bastille, `${bastille.conf.jails}/${jail}/jail.conf`)
  if (lines.some((line) => line.trim() === 'vnet;')) refuse('bastille', 'clone and rename of a vnet jail are not imitated here')
}

async function replicate(bastille: Bastille, from: string, to: string): Promise<number> {
  const tag = `bastille_clone_${timestamp().full}`
  await run(bastille, 'zfs', ['snapshot', '-r', `${from}@${tag}`])
  const code = await pipe(bastille, ['zfs', 'send', '-R', `${from}@${tag}`], ['zfs', 'receive', to])
  for (const dataset of [from, to]) {
    await run(bastille, 'zfs', ['destroy', `${dataset}/root@${tag}`])
    await run(bastille, 'zfs', ['destroy', `${dataset}@${tag}`])
  }
  return code
}

const renameScript: Script = { usage: ['Usage: bastille rename [option(s)] TARGET NEW_NAME'], flags: { a: 'auto' } }

export function rename(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, renameScript, async ({ flags, words }) => {
    const [given, name = ''] = words
    if (given === undefined || words.length !== 2) return usage(bastille, renameScript)
    const target = await setTargetSingle(bastille, given)
    if (target === undefined) return 1
    mustNotBeVnet(bastille, target)
    if (!(await mustStop(bastille, target, flags.has('auto')))) return 1
    const { dataset, jails } = bastille.conf
    if (isFolder(bastille, `${jails}/${name}`)) return fail(bastille, `[ERROR]: Jail: ${name} already exists.`)
    const wrong = findWrongName(bastille, name, false)
    if (wrong !== undefined) return fail(bastille, wrong)
    say(bastille, `\nAttempting to rename '${target}' to ${name}...`)
    const code = await (dataset === undefined
      ? run(bastille, 'mv', [`${jails}/${target}`, `${jails}/${name}`])
      : run(bastille, 'zfs', ['rename', '-f', `${dataset}/jails/${target}`, `${dataset}/jails/${name}`]))
    if (code !== 0 && dataset !== undefined) return fail(bastille, `[ERROR]: Can't rename '${target}' dataset.`)
    rewriteNames(bastille, target, name)
    if (readText(bastille, `${jails}/${name}/fstab`) === undefined)
      return fail(bastille, `[ERROR]: An error has occurred while attempting to rename '${target}'.`)
    say(bastille, `Renamed '${target}' to '${name}' successfully.`)
    if (flags.has('auto')) await run(bastille, 'bastille', ['start', name])
    return 0
  })
}

/** jail.conf and fstab still speak of the old name. A hostname that was chosen stays. */
export function rewriteNames(bastille: Bastille, old: string, name: string): void {
  const { jails, logs } = bastille.conf
  const conf = `${jails}/${name}/jail.conf`
  const text = readText(bastille, conf)
  if (text !== undefined)
    writeText(
      bastille,
      conf,
      text
        .replaceAll(`host.hostname = ${old};`, `host.hostname = ${name};`)
        .replaceAll(/exec\.consolelog = .*;/g, `exec.consolelog = ${logs}/${name}_console.log;`)
        .replaceAll(/^( *)path = .*;/gm, `$1path = ${jails}/${name}/root;`)
        .replaceAll(/mount\.fstab = .*;/g, `mount.fstab = ${jails}/${name}/fstab;`)
        .replaceAll(`${old} {`, `${name} {`),
    )
  const fstab = readText(bastille, `${jails}/${name}/fstab`)
  if (fstab !== undefined)
    writeText(bastille, `${jails}/${name}/fstab`, fstab.replaceAll(`${jails}/${old}/root/`, `${jails}/${name}/root/`))
}

/** The first address is the new one; each further one becomes 127.0.0.1, for somebody to change. */
function rewriteAddress(bastille: Bastille, name: string, address: string): void {
  const conf = `${bastille.conf.jails}/${name}/jail.conf`
  const text = readText(bastille, conf) ?? ''
  writeText(
    bastille,
    conf,
    text.replaceAll(/(ip4\.addr = [^|;]*\|)[^;]*;/g, `$1${address};`).replaceAll(/(ip4\.addr \+= [^|;]*\|)[^;]*;/g, '$1127.0.0.1;'),
  )
}
