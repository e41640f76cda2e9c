import { isFolder, linesOf, listJails, pattern, readText, wordPattern } from './files.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'

/**
 * `set_target`: the jails a word means, ordered by priority. It is an unescaped regular expression, else a unique prefix, else a tag;
 * digits are a JID, ALL is every jail. undefined: none, which has been said (exit code 1).
 */
export async function setTarget(bastille: Bastille, target: string, order: Order = 'forward'): Promise<string[] | undefined> {
  const words = isAll(target) ? listJails(bastille) : []
  if (!isAll(target)) {
    for (const word of target.split(/\s+/)) {
      const found = await resolve(bastille, word, target)
      if (typeof found === 'string') complain(bastille, found)
      else words.push(...found)
    }
  }
  return words.length === 0 ? undefined : byPriority(bastille, words, order)
}

/** `set_target_single`: neither ALL nor a tag. */
export async function setTargetSingle(bastille: Bastille, target: string): Promise<string | undefined> {
  const stop = (text: string) => void fail(bastille, text)
  if (isAll(target)) return stop('[ERROR]: [all|ALL] is not supported with this command.')
  if (target.trim().split(/\s+/).length > 1) return stop('[ERROR]: Command only supports a single TARGET.')
  const found = await resolve(bastille, target, target, false)
  return typeof found === 'string' ? stop(found) : found[0]
}

type Order = 'forward' | 'reverse'

function isAll(target: string): boolean {
  return /^all$/i.test(target)
}

/** The jails, or the complaint. */
async function resolve(bastille: Bastille, word: string, target: string, hasTags = true): Promise<string[] | string> {
  const { jails } = bastille.conf
  if (/^[0-9]+$/.test(word) && !isFolder(bastille, `${jails}/${target}`)) {
    const { text } = await ask(bastille, 'jls', ['-j', word, 'name'])
    return text === '' ? `[ERROR]: JID not found: ${word}` : [text]
  }
  if (exists(bastille, word)) return [word]
  const names = listJails(bastille)
  const longer = names.filter((name) => pattern(`^${word}`).test(name))
  if (longer.length === 1) return longer
  if (longer.length > 1) return `[ERROR]: Multiple jails found for ${word}:\n${longer.join('\n')}`
  const tagged = names.filter((name) => wordPattern(word).test(readText(bastille, `${jails}/${name}/tags`) ?? ''))
  return hasTags && tagged.length > 0 ? tagged : `[ERROR]: Jail not found: ${word}`
}

/** `check_target_exists`. */
export function exists(bastille: Bastille, target: string): boolean {
  return listJails(bastille).some((name) => pattern(`^${target}$`).test(name))
}

/** `check_target_is_running`. */
export async function isRunning(bastille: Bastille, target: string): Promise<boolean> {
  const { text } = await ask(bastille, 'jls', ['name'])
  return text.split('\n').some((name) => name !== '' && pattern(`^${target}$`).test(name))
}

/** For commands that need a running jail: starts it with -a, else says why not. */
export async function mustRun(bastille: Bastille, jail: string, auto: boolean): Promise<boolean> {
  if (await isRunning(bastille, jail)) return true
  if (auto) {
    await run(bastille, 'bastille', ['start', jail])
    return true
  }
  say(bastille, `\n[${jail}]:`)
  complain(bastille, 'Jail is not running.\nUse [-a|--auto] to auto-start the jail.')
  return false
}

export async function mustStop(bastille: Bastille, jail: string, auto: boolean): Promise<boolean> {
  if (!(await isRunning(bastille, jail))) return true
  if (auto) {
    await run(bastille, 'bastille', ['stop', jail])
    return true
  }
  say(bastille, `\n[${jail}]:`)
  complain(bastille, 'Jail is running.\nUse [-a|--auto] to auto-stop the jail.')
  return false
}

const settingDefaults = { boot: 'on', depend: '', priority: '99' } as const

export type Setting = keyof typeof settingDefaults

export function settingsFile(bastille: Bastille, jail: string): string {
  return `${bastille.conf.jails}/${jail}/settings.conf`
}

export async function setting(bastille: Bastille, jail: string, name: Setting): Promise<string> {
  return isFolder(bastille, `${bastille.conf.jails}/${jail}`)
    ? (await ask(bastille, 'sysrc', ['-f', settingsFile(bastille, jail), '-n', name])).text
    : ''
}

/** `list_jail_priority`, sorted: what a jail's settings.conf lacks is written on the way. */
async function byPriority(bastille: Bastille, jails: string[], order: Order): Promise<string[]> {
  const lines: { priority: number; line: string; jail: string }[] = []
  for (const jail of new Set(jails)) {
    const file = settingsFile(bastille, jail)
    const there = isFolder(bastille, `${bastille.conf.jails}/${jail}`) ? linesOf(bastille, file) : undefined
    for (const [name, value] of Object.entries(settingDefaults)) {
      if (there === undefined || there.some((line) => line.includes(`${name}=`))) continue
      await ask(bastille, 'sysrc', ['-f', file, `${name}=${value}`])
    }
    const priority = await setting(bastille, jail, 'priority')
    lines.push({ priority: Number(priority), line: `${jail} ${priority}`, jail })
  }
  const sorted = lines.toSorted((one, other) => one.priority - other.priority || (one.line < other.line ? -1 : 1))
  return (order === 'forward' ? sorted : sorted.toReversed()).map(({ jail }) => jail)
}
