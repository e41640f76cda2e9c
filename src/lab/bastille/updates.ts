import { isFolder, namesIn, readText, writeText } from './files.ts'
import { isThin, userland } from './jail-info.ts'
import { isPackaged, upgradeBase } from './packaged.ts'
import { usage, withOptions, type Script } from './options.ts'
import { fail, run, say, type Bastille } from './session.ts'
import { mustRun, mustStop, setTargetSingle } from './targets.ts'

const updateScript: Script = { usage: ['Usage: bastille update [option(s)] JAIL|RELEASE|TEMPLATE'], flags: { a: 'auto', f: 'force' } }

/** Thin jails share their release's files: `update RELEASE` changes them all, running or not. */
export function update(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, updateScript, async ({ flags, words }) => {
    const [target, ...more] = words
    if (target === undefined || more.length > 0) return usage(bastille, updateScript)
    if (/^all$/i.test(target)) return fail(bastille, '[ERROR]: Batch upgrade is unsupported.')
    const { releases, jails } = bastille.conf
    const force = flags.has('force') ? ['-F'] : []
    if (/^[0-9]{2}\.[0-9]-RELEASE/.test(target)) {
      if (!isFolder(bastille, `${releases}/${target}`)) return fail(bastille, `[ERROR]: Release not found: ${target}`)
      await patch(bastille, target, `${releases}/${target}`, force)
      return 0
    }
    const jail = await setTargetSingle(bastille, target)
    if (jail === undefined || !(await mustRun(bastille, jail, flags.has('auto')))) return 1
    say(bastille, `\n[${jail}]:`)
    if (isThin(bastille, jail))
      return fail(bastille, `[ERROR]: ${jail} is not a thick container.\nSee 'bastille update RELEASE' to update thin jails.`)
    const root = `${jails}/${jail}/root`
    return patch(bastille, userland(bastille, root) ?? '', root, force)
  })
}

/** With pkg(8) when its files are packages', else with freebsd-update(8). */
async function patch(bastille: Bastille, release: string, root: string, force: string[]): Promise<number> {
  if (await isPackaged(bastille, root)) return upgradeBase(bastille, release, root)
  return freebsdUpdate(bastille, root, [...force, 'fetch', 'install'])
}

/** It is told what the tree holds: it would take the host's own version otherwise. */
function freebsdUpdate(bastille: Bastille, root: string, words: string[]): Promise<number> {
  const running = userland(bastille, root)
  const told = running === undefined ? [] : ['--currently-running', running]
  return run(bastille, 'freebsd-update', ['--not-running-from-cron', ...told, '-b', root, ...words])
}

const upgradeScript: Script = {
  usage: ['Usage: bastille upgrade [option(s)] TARGET NEW_RELEASE', '                                   TARGET install'],
  flags: { a: 'auto', f: 'force' },
}

/** A thin jail is given another release by a line in its fstab; a thick one is upgraded, and installed with a second call. */
export function upgrade(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, upgradeScript, async ({ flags, words }) => {
    const [target, release = '', ...more] = words
    if (target === undefined || release === '' || more.length > 0) return usage(bastille, upgradeScript)
    const jail = await setTargetSingle(bastille, target)
    if (jail === undefined) return 1
    const auto = flags.has('auto')
    if (isThin(bastille, jail)) return (await mustStop(bastille, jail, auto)) ? moveThin(bastille, jail, release, auto) : 1
    if (!(await mustRun(bastille, jail, auto))) return 1
    say(bastille, `\n[${jail}]:`)
    const root = `${bastille.conf.jails}/${jail}/root`
    return freebsdUpdate(bastille, root, release === 'install' ? ['install'] : ['-r', release, 'upgrade'])
  })
}

async function moveThin(bastille: Bastille, jail: string, release: string, auto: boolean): Promise<number> {
  const { jails, releases } = bastille.conf
  if (!namesIn(bastille, releases).includes(release))
    return fail(bastille, "[ERROR]: Release must be bootstrapped first.\nSee 'bastille bootstrap'.")
  const fstab = readText(bastille, `${jails}/${jail}/fstab`) ?? ''
  const old = /\/releases\/([^/ ]+) /.exec(fstab)?.[1] ?? ''
  if (old === release) return fail(bastille, `[ERROR]: Jail is already running ${release}.`)
  writeText(bastille, `${jails}/${jail}/fstab`, fstab.replaceAll(`/releases/${old} `, `/releases/${release} `))
  const conf = `${jails}/${jail}/jail.conf`
  const version = userland(bastille, `${releases}/${release}`) ?? release
  writeText(bastille, conf, (readText(bastille, conf) ?? '').replace(/osrelease = ".*";/, `osrelease = "${version}";`))
  say(bastille, `\n[${jail}]:\nUpgraded ${jail}: ${old} -> ${release}\nSee 'bastille etcupdate TARGET' to update /etc`)
  if (auto) await run(bastille, 'bastille', ['start', jail])
  return 0
}

const verifyScript: Script = { usage: ['Usage: bastille verify RELEASE|TEMPLATE'] }

export function verify(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, verifyScript, ({ words }) => {
    const [release, ...more] = words
    if (release === undefined || more.length > 0) return usage(bastille, verifyScript)
    const folder = `${bastille.conf.releases}/${release}`
    if (!isFolder(bastille, folder)) return fail(bastille, "[ERROR]: Release not found. See 'bastille bootstrap'.")
    return freebsdUpdate(bastille, folder, ['IDS'])
  })
}
