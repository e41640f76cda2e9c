import { destroyRelease, looksLikeRelease } from './destroy-release.ts'
import { isFolder, readText, timestamp } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'
import { mustStop, setTarget } from './targets.ts'

const script: Script = {
  usage: ['Usage: bastille destroy [option(s)] JAIL', '                                    RELEASE'],
  flags: { a: 'auto', c: 'no-cache', f: 'force', y: 'yes' },
}

/** The exit code is 1 only when it asks and is not answered; of a jail that it leaves as it is it says 0. */
export function destroy(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, script, async ({ flags, words }) => {
    const [target, ...more] = words
    if (target === undefined || more.length > 0) return usage(bastille, script)
    const isBase = isFolder(bastille, `${bastille.conf.releases}/${target}`)
    if (looksLikeRelease(target) || isBase) {
      const code = await destroyRelease(bastille, target, { isNamed: isBase, force: flags.has('force'), keepsCache: flags.has('no-cache') })
      return code === 'usage' ? usage(bastille, script) : code
    }
    const jails = await setTarget(bastille, target, 'reverse')
    if (jails === undefined) return 1
    for (const jail of jails) {
      if (!(await mustStop(bastille, jail, flags.has('auto')))) continue
      say(bastille, `\n[${jail}]:`)
      const problem = flags.has('yes') ? undefined : await askFirst(bastille, jail)
      if (problem !== undefined) return fail(bastille, problem)
      await remove(bastille, jail, flags.has('force'))
    }
    return 0
  })
}

/** By now a running jail has been stopped. */
async function askFirst(bastille: Bastille, jail: string): Promise<string | undefined> {
  say(bastille, `\nAttempting to destroy jail: ${jail}\n`)
  const [answer = ''] = (await bastille.call.input()).toString().split('\n')
  if (/^(y|yes)$/i.test(answer)) return undefined
  return /^(n|no)$/i.test(answer) ? '[ERROR]: Cancelled by user.' : "[ERROR]: Invalid input. Please answer 'y' or 'n'."
}

async function remove(bastille: Bastille, jail: string, force: boolean): Promise<void> {
  const { jails, dataset, logs } = bastille.conf
  const folder = `${jails}/${jail}`
  if (!isFolder(bastille, folder)) return
  const { text } = await ask(bastille, 'mount', [])
  const mounted = text.split('\n').flatMap((line) => line.split(' ')[2] ?? [])
  const busy = mounted.filter((on) => on.includes(`${folder}/root/`))
  if (busy.length > 0) {
    complain(bastille, `[ERROR]: Failed to destroy jail: ${jail}`)
    return complain(bastille, `Jail has mounted filesystems:\n${busy.join('\n')}`)
  }
  say(bastille, 'Destroying jail...')
  if (dataset !== undefined && (await run(bastille, 'zfs', ['destroy', force ? '-rf' : '-r', `${dataset}/jails/${jail}`])) !== 0)
    return complain(bastille, '[ERROR]: Jail dataset(s) appears to be busy, exiting.')
  if (isFolder(bastille, folder)) {
    await run(bastille, 'chflags', ['-R', 'noschg', folder])
    await run(bastille, 'rm', ['-rf', folder])
  }
  const log = `${logs}/${jail}_console.log`
  if (readText(bastille, log) === undefined) return
  await run(bastille, 'mv', [log, `${log}-${timestamp().day}`])
  say(bastille, `Note: jail console logs archived.\n${log}-${timestamp().day}`)
}
