import { refuse } from '../refuse.ts'
import { isFolder, linesOf, namesIn, readText, writeText } from './files.ts'
import { isThin, userland } from './jail-info.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'
import { mustRun, mustStop, setTargetSingle } from './targets.ts'

const bootstrapScript: Script = {
  usage: ['Usage: bastille bootstrap [option(s)] RELEASE [update|arch]', '                          TEMPLATE'],
  flags: { p: 'pkgbase' },
}

/** Fetches a release. One that is there is said to be, with exit code 0. */
export function bootstrap(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, bootstrapScript, async ({ flags, words }) => {
    const [given, ...more] = words
    if (given === undefined) return usage(bastille, bootstrapScript)
    if (more.length > 0 || !/-release$/i.test(given)) return refuse('bastille', `bootstrap ${words.join(' ')} is not imitated here`)
    const release = given.toUpperCase()
    if (!/^[0-9]{1,2}\.[0-9]-RELEASE$/.test(release)) return usage(bastille, bootstrapScript)
    if (flags.has('pkgbase') && Number.parseInt(release) <= 14)
      return fail(bastille, '[ERROR]: Pkgbase is not supported for FreeBSD 14 and earlier.')
    const folder = `${bastille.conf.releases}/${release}`
    if (readText(bastille, `${folder}/COPYRIGHT`) !== undefined) {
      complain(bastille, 'Bootstrap appears complete.')
      return 0
    }
    if (flags.has('pkgbase') || Number.parseInt(release) >= 16) return refuse('bastille', 'bootstrap from packages is not imitated here')
    return fetchRelease(bastille, release, folder)
  })
}

async function fetchRelease(bastille: Bastille, release: string, folder: string): Promise<number> {
  const url = `https://download.freebsd.org/releases/amd64/${release}`
  const cached = `${bastille.conf.cache}/${release}`
  if ((await ask(bastille, 'fetch', ['-qo', '/dev/null', `${url}/MANIFEST`])).code !== 0)
    return fail(bastille, "[ERROR]: Unable to fetch MANIFEST. See 'bootstrap urls'.")
  say(bastille, '\nAttempting to bootstrap FreeBSD release: ' + release)
  for (const [part, path] of [
    ['cache', cached],
    ['releases', folder],
  ] as const) {
    if (isFolder(bastille, path)) continue
    const { dataset } = bastille.conf
    await (dataset === undefined ? run(bastille, 'mkdir', ['-p', path]) : run(bastille, 'zfs', ['create', `${dataset}/${part}/${release}`]))
  }
  for (const file of ['MANIFEST', 'base.txz'])
    if ((await run(bastille, 'fetch', ['-qo', `${cached}/${file}`, `${url}/${file}`])) !== 0)
      return fail(bastille, `[ERROR]: Failed to fetch ${file}.`)
  const wanted = linesOf(bastille, `${cached}/MANIFEST`)
    .find((line) => line.startsWith('base.txz'))
    ?.split('\t')[1]
  const { text: got } = await ask(bastille, 'sha256', ['-q', `${cached}/base.txz`])
  if (got !== wanted) {
    await run(bastille, 'rm', [`${cached}/base.txz`])
    return fail(bastille, '[ERROR]: Failed validation for base.txz. Please retry bootstrap!')
  }
  say(bastille, `Validated checksum for ${release}: base.txz\nMANIFEST: ${wanted}\nDOWNLOAD: ${got}`)
  say(bastille, 'Extracting archive: base.txz')
  if ((await run(bastille, 'tar', ['-xpf', `${cached}/base.txz`, '-C', folder])) !== 0)
    return fail(bastille, '[ERROR]: Failed to extract archive: base.txz.')
  markAsRelease(bastille, folder)
  say(bastille, "\nBootstrap successful.\nSee 'bastille --help' for available commands.")
  return 0
}

/** By its COPYRIGHT a folder is known as a release. */
export function markAsRelease(bastille: Bastille, folder: string): void {
  if (readText(bastille, `${folder}/COPYRIGHT`) === undefined)
    writeText(bastille, `${folder}/COPYRIGHT`, 'The compilation of software known as FreeBSD\n')
}

const updateScript: Script = { usage: ['Usage: bastille update [option(s)] JAIL|RELEASE|TEMPLATE'], flags: { a: 'auto', f: 'force' } }

/** Thin jails share their release's files: `update RELEASE` changes them all, running or not. */
export function update(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, updateScript, async ({ flags, words }) => {
    const [target, ...more] = words
    if (target === undefined || more.length > 0) return usage(bastille, updateScript)
    if (/^all$/i.test(target)) return fail(bastille, '[ERROR]: Batch upgrade is unsupported.')
    const { releases, jails } = bastille.conf
    if (/^[0-9]{2}\.[0-9]-RELEASE/.test(target)) {
      if (!isFolder(bastille, `${releases}/${target}`)) return fail(bastille, `[ERROR]: Release not found: ${target}`)
      await patch(bastille, `${releases}/${target}`)
      return 0
    }
    const jail = await setTargetSingle(bastille, target)
    if (jail === undefined || !(await mustRun(bastille, jail, flags.has('auto')))) return 1
    say(bastille, `\n[${jail}]:`)
    if (isThin(bastille, jail))
      return fail(bastille, `[ERROR]: ${jail} is not a thick container.\nSee 'bastille update RELEASE' to update thin jails.`)
    return patch(bastille, `${jails}/${jail}/root`)
  })
}

function patch(bastille: Bastille, root: string): Promise<number> {
  return run(bastille, 'freebsd-update', ['--not-running-from-cron', '-b', root, 'fetch', 'install'])
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
    const verbs = release === 'install' ? ['install'] : ['-r', release, 'upgrade']
    return run(bastille, 'freebsd-update', ['--not-running-from-cron', '-b', root, ...verbs])
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
    return run(bastille, 'freebsd-update', ['-b', folder, 'IDS'])
  })
}
