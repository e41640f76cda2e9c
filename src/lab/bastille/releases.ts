import { refuse } from '../refuse.ts'
import { isFolder, linesOf, readText, writeText } from './files.ts'
import { installBase } from './packaged.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'

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
    const isPackages = flags.has('pkgbase') || Number.parseInt(release) >= 16
    return isPackages ? installRelease(bastille, release, folder) : fetchRelease(bastille, release, folder)
  })
}

async function installRelease(bastille: Bastille, release: string, folder: string): Promise<number> {
  say(bastille, `\nAttempting to bootstrap FreeBSD release: ${release}`)
  await makeFolder(bastille, 'releases', release)
  if ((await installBase(bastille, release, folder)) !== 0) return fail(bastille, '[ERROR]: Failed to install FreeBSD base packages.')
  markAsRelease(bastille, folder)
  say(bastille, "\nBootstrap successful.\nSee 'bastille --help' for available commands.")
  return 0
}

async function makeFolder(bastille: Bastille, part: 'cache' | 'releases', release: string): Promise<void> {
  const { dataset, [part]: parent } = bastille.conf
  if (isFolder(bastille, `${parent}/${release}`)) return
  if (dataset === undefined) await run(bastille, 'mkdir', ['-p', `${parent}/${release}`])
  else await run(bastille, 'zfs', ['create', `${dataset}/${part}/${release}`])
}

async function fetchRelease(bastille: Bastille, release: string, folder: string): Promise<number> {
  const url = `https://download.freebsd.org/releases/amd64/${release}`
  const cached = `${bastille.conf.cache}/${release}`
  if ((await ask(bastille, 'fetch', ['-qo', '/dev/null', `${url}/MANIFEST`])).code !== 0)
    return fail(bastille, "[ERROR]: Unable to fetch MANIFEST. See 'bootstrap urls'.")
  say(bastille, `\nAttempting to bootstrap FreeBSD release: ${release}`)
  for (const part of ['cache', 'releases'] as const) await makeFolder(bastille, part, release)
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
