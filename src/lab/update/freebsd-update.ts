import { statSync } from 'node:fs'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { newestPatch } from '../offers.ts'
import { setUserland, userlandOf } from '../pkg/base-packages.ts'
import { refuse } from '../refuse.ts'
import { differences } from './ids.ts'
import { parseUpdateOptions, usage } from './options.ts'
import { readPending, writePending } from './pending.ts'
import { isPackaged, openUpdate, withRelease, type Update } from './target.ts'

/** freebsd-update(8): what it changes is the version in bin/freebsd-version, and its working folder is a real one. */
export async function freebsdUpdate(host: Host, call: Call): Promise<number> {
  const options = parseUpdateOptions(call.args)
  if (options === undefined) {
    call.out(usage)
    return 1
  }
  const update = openUpdate(host, options, call)
  if (typeof update === 'number') return update
  if (isPackaged(update)) {
    call.out(
      'freebsd-update is incompatible with the use of packaged base.  Please see\nhttps://wiki.freebsd.org/PkgBase for more information.\n',
    )
    return 1
  }
  // Said once: the list of components is then without it.
  call.out('src component not installed, skipped\n')
  let isFetched = false
  for (const command of options.commands) {
    const ended = await run(update, command, isFetched)
    if (ended !== undefined) return ended
    isFetched ||= command === 'fetch'
  }
  return 0
}

async function run(update: Update, command: string, isFetched: boolean): Promise<number | undefined> {
  const { options, call } = update
  switch (command) {
    case 'fetch':
      if (!options.withoutTerminal) {
        call.out('freebsd-update fetch should not be run non-interactively.\nRun freebsd-update cron instead.\n')
        return 1
      }
      return mustHaveWork(update) ?? fetch(update)
    case 'upgrade':
      return mustHaveWork(update) ?? upgrade(update)
    case 'updatesready':
      return updatesReady(update)
    case 'install':
      return mustHaveWork(update) ?? install(update, isFetched)
    case 'rollback':
      return mustHaveWork(update) ?? rollback(update)
    case 'IDS':
      call.out(`${lookUp(update.running)}${differences(update.root, installed(update)).join('')}`)
      return undefined
    default:
      return refuse('freebsd-update', `${command} is not imitated here`)
  }
}

function mustHaveWork({ work, call }: Update): number | undefined {
  if (statSync(work.real, { throwIfNoEntry: false })?.isDirectory() === true) return undefined
  call.out(`freebsd-update: Directory does not exist or is not writable: ${work.base}\n`)
  return 1
}

function lookUp(release: string): string {
  return `Looking up update.FreeBSD.org mirrors... 3 mirrors found.\n${metadata(release)}Inspecting system... done.\n`
}

function metadata(release: string): string {
  return `Fetching metadata signature for ${release} from update1.freebsd.org... done.\nFetching metadata index... done.\n`
}

/** What lies there. Where it is another release than the script believes, every file would seem to be changed locally. */
function installed({ root, running, basedir }: Update): string {
  const userland = userlandOf(root) ?? refuse('freebsd-update', `${basedir} has no bin/freebsd-version: not imitated here`)
  if (userland.replace(/-p\d+$/, '') === running) return userland
  return refuse('freebsd-update', `${basedir} has ${userland} and is taken for ${running} (say --currently-running): not imitated here`)
}

function withPatch(release: string, patch: number): string {
  return patch === 0 ? release : `${release}-p${patch}`
}

/** The only file that tells one patch level from another here. */
const changed = ['/bin/freebsd-version']

function fetch(update: Update): number | undefined {
  const { host, work, basedir, running, options, call } = update
  if (options.values.has('r')) {
    call.out("freebsd-update: '-r' option is meaningless with 'fetch' command.  (Did you mean 'upgrade' instead?)\n")
    return 1
  }
  if (readPending(work, basedir, 'install')?.worldDone === true && !options.force) {
    call.out(
      "You have a partially completed upgrade pending\nRun 'freebsd-update [options] install' first.\nRun 'freebsd-update [options] fetch -F' to proceed anyway.\n",
    )
    return 1
  }
  const from = installed(update)
  const patch = newestPatch(host, running)
  const to = withPatch(running, patch)
  call.out(`${lookUp(running)}Preparing to download files... done.\n`)
  writePending(host, work, basedir, 'install', from === to ? undefined : { from, to, isUpgrade: false, worldDone: false })
  call.out(
    from === to
      ? `\nNo updates needed to update system to ${running}-p${patch}.\n`
      : `\nThe following files will be updated as part of updating to ${running}-p${patch}:\n${changed.join('\n')}\n`,
  )
  return undefined
}

async function upgrade(update: Update): Promise<number | undefined> {
  const { host, work, basedir, running, options, call } = update
  const target = withRelease(options.values.get('r') ?? '')
  if (target === '' || target === running) {
    const why = target === '' ? "Release target must be specified via '-r' option." : `Cannot upgrade from ${running} to itself`
    call.out(`freebsd-update: ${why}\n`)
    return 1
  }
  const from = installed(update)
  const patch = newestPatch(host, target)
  call.out(lookUp(running))
  call.out('\nThe following components of FreeBSD seem to be installed:\nworld/base\n\n')
  call.out('The following components of FreeBSD do not seem to be installed:\nkernel/generic world/base-dbg world/lib32\n\n')
  // With nothing on its input it goes on: the loop that reads an answer ends without one.
  const answers = (await call.input()).toString().split('\n')
  call.out('Does this look reasonable (y/n)? ')
  if (
    answers
      .find((line) => /^[yn]/i.test(line))
      ?.toLowerCase()
      .startsWith('n')
  )
    return 1
  call.out(`\n${metadata(target)}Fetching 1 metadata files... done.\nInspecting system... done.\nPreparing to download files... done.\n`)
  call.out(`\nThe following files will be updated as part of updating to ${target}-p${patch}:\n${changed.join('\n')}\n`)
  writePending(host, work, basedir, 'install', { from, to: withPatch(target, patch), isUpgrade: true, worldDone: false })
  call.out("To install the downloaded upgrades, run 'freebsd-update [options] install'.\n")
  return undefined
}

function updatesReady({ work, basedir, call }: Update): number | undefined {
  if (readPending(work, basedir, 'install') === undefined) {
    call.out('No updates are available to install.\n')
    return 2
  }
  call.out("There are updates available to install.\nRun 'freebsd-update [options] install' to proceed.\n")
  return undefined
}

/** An upgrade takes two: the first ends with the old libraries still there. */
function install({ host, root, work, basedir, call }: Update, isFetched: boolean): number | undefined {
  const pending = readPending(work, basedir, 'install')
  if (pending === undefined) {
    call.out(`No updates are available to install.\n${isFetched ? '' : "Run 'freebsd-update [options] fetch' first.\n"}`)
    return isFetched ? 0 : 2
  }
  call.out('Installing updates...')
  if (!pending.worldDone) setUserland(root, pending.to)
  if (pending.isUpgrade && !pending.worldDone) {
    writePending(host, work, basedir, 'install', { ...pending, worldDone: true })
    call.out(unfinished)
    return 0
  }
  writePending(host, work, basedir, 'rollback', pending)
  writePending(host, work, basedir, 'install', undefined)
  call.out(' done.\n')
  return undefined
}

const unfinished = `
Completing this upgrade requires removing old shared object files.
Please upgrade or rebuild all installed 3rd party software (e.g.,
programs installed with pkg or from the ports tree) and then run
'freebsd-update [options] install' again to finish installing updates.
`

function rollback({ host, root, work, basedir, call }: Update): number | undefined {
  const last = readPending(work, basedir, 'rollback')
  if (last === undefined) {
    call.out('No rollback directory found.\n')
    return 1
  }
  setUserland(root, last.from)
  writePending(host, work, basedir, 'rollback', undefined)
  writePending(host, work, basedir, 'install', undefined)
  call.out('Uninstalling updates... done.\n')
  return undefined
}
