import { refuse } from '../refuse.ts'
import { rewriteNames } from './copies.ts'
import { isFolder, readText, timestamp, writeText } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, fail, run, say, type Bastille } from './session.ts'
import { mustStop, setTargetSingle } from './targets.ts'

const exportScript: Script = {
  usage: ['Usage: bastille export [option(s)] TARGET [PATH]'],
  flags: { a: 'auto', gz: 'gz', l: 'live', r: 'raw', tgz: 'tgz', txz: 'txz', tzst: 'tzst', v: 'verbose', xz: 'xz', zst: 'zst' },
}

/** `bastille export --txz|--tgz TARGET [PATH]`: an archive of the jail's folder and its checksum beside it. */
export function exportJail(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, exportScript, async ({ flags, words }) => {
    const [given, path] = words
    if (given === undefined || words.length > 2) return usage(bastille, exportScript)
    const target = await setTargetSingle(bastille, given)
    if (target === undefined) return 1
    const odd = ['gz', 'live', 'raw', 'tzst', 'verbose', 'xz', 'zst'].find((name) => flags.has(name))
    if (odd !== undefined) return refuse('bastille', `export --${odd} is not imitated here`)
    if (flags.has('txz') && flags.has('tgz')) return fail(bastille, '[ERROR]: Only one compression format can be used during export.')
    if (!flags.has('txz') && !flags.has('tgz')) {
      return bastille.conf.dataset === undefined
        ? fail(bastille, '[ERROR]: Export option required.')
        : refuse('bastille', 'export to standard output is not imitated here')
    }
    const folder = path ?? bastille.conf.backups
    if (!isFolder(bastille, folder)) return fail(bastille, '[ERROR]: Path not found.')
    if (!(await mustStop(bastille, target, flags.has('auto')))) return 1
    const ending = flags.has('txz') ? '.txz' : '.tgz'
    const name = `${target}_${timestamp().full}`
    const archive = `${folder}/${name}${ending}`
    say(bastille, `\nExporting '${target}' to a compressed ${ending} archive...`)
    const code = await run(bastille, 'tar', [ending === '.txz' ? '-cJf' : '-czf', archive, '-C', bastille.conf.jails, target])
    if (code !== 0) return fail(bastille, `[ERROR]: Failed to export jail: ${target}`)
    writeText(bastille, `${folder}/${name}.sha256`, `${(await ask(bastille, 'sha256', ['-q', archive])).text}\n`)
    say(bastille, `\nExported '${archive}' successfully.`)
    if (flags.has('auto')) await run(bastille, 'bastille', ['start', target])
    return 0
  })
}

const importScript: Script = {
  usage: ['Usage: bastille import [option(s)] FILE [RELEASE]'],
  flags: { f: 'force', M: 'static-mac', v: 'verbose' },
}

/** An archive of the backups' folder, or by full path. The jail is not started. */
export function importJail(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, importScript, async ({ flags, words }) => {
    const [given, ...more] = words
    if (given === undefined || more.length > 0 || flags.has('static-mac')) return usage(bastille, importScript)
    const { backups, jails, dataset } = bastille.conf
    const file = given.includes('/') ? given : `${backups}/${given}`
    const [, stem = '', ending = ''] = /([^/]*?)(\.txz|\.tgz)$/.exec(file) ?? []
    if (ending === '') return refuse('bastille', `import of ${given} is not imitated here`)
    const name = stem.replace(/_[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{6}$/, '')
    if (readText(bastille, file) === undefined) return fail(bastille, `[ERROR]: Archive not found: ${given}`)
    if (isFolder(bastille, `${jails}/${name}`)) return fail(bastille, `[ERROR]: Jail: ${name} already exists.`)
    const problem = await validate(bastille, file, ending, flags.has('force'))
    if (problem !== undefined) return fail(bastille, problem)
    if (dataset !== undefined) for (const each of [name, `${name}/root`]) await run(bastille, 'zfs', ['create', `${dataset}/jails/${each}`])
    say(bastille, `Importing '${name}' from ${ending} archive...`)
    if ((await run(bastille, 'tar', [ending === '.txz' ? '-xJf' : '-xzf', file, '-C', jails])) !== 0)
      return fail(bastille, `[ERROR]: Failed to import from ${ending} archive.`)
    rewriteNames(bastille, name, name)
    say(bastille, `Jail '${name}' imported successfully.`)
    return 0
  })
}

async function validate(bastille: Bastille, file: string, ending: string, force: boolean): Promise<string | undefined> {
  const sum = readText(bastille, `${file.slice(0, -ending.length)}.sha256`)
  if (sum === undefined && !force) return "[ERROR]: Checksum file not found. See 'bastille import [option(s)] FILE'."
  if (sum === undefined) {
    say(bastille, '[WARNING]: Skipping archive validation!')
    return undefined
  }
  say(bastille, `Validating file: ${file.split('/').at(-1) ?? ''}...`)
  if ((await ask(bastille, 'sha256', ['-q', file])).text !== sum.trim())
    return `[ERROR]: Failed validation for ${file.split('/').at(-1) ?? ''}.`
  say(bastille, 'File validation successful!')
  return undefined
}
