import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { toReal } from '../paths.ts'
import { clearTemporary, linesOf, listJails, namesIn, readText } from './files.ts'
import { jailInfo, userland, type JailInfo } from './jail-info.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'
import { setTarget } from './targets.ts'
import { jsonOf, tableHead, tableRows, viewNamed, widthsOf, type View } from './table.ts'

const script: Script = {
  usage: [
    'Usage: bastille list [option(s)] [all|backup|export|import|ip|jail|limit]',
    '                                 [log|path|port|priority|release|snapshot|state|template|type]',
  ],
  flags: { d: 'down', j: 'json', u: 'up' },
}

export function list(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, script, async ({ flags, words }) => {
    clearTemporary(bastille)
    const state = flags.has('down') ? 'Down' : flags.has('up') ? 'Up' : undefined
    const isJson = flags.has('json')
    const [first, second] = words
    if (words.length > 2) return 0
    if (words.length === 2) {
      const jails = await setTarget(bastille, first ?? '')
      return jails === undefined ? 1 : show(bastille, { view: viewNamed(second ?? ''), names: jails, state, isJson })
    }
    if (first === undefined) return show(bastille, { view: 'jails', state, isJson })
    const plain = await listPlain(bastille, first)
    if (plain !== undefined) return plain
    const view = viewNamed(first)
    if (view !== undefined) return show(bastille, { view, state, isJson })
    const jails = await setTarget(bastille, first)
    if (jails === undefined) return 1
    const [jail = ''] = jails
    if (jails.length > 1 || readText(bastille, `${bastille.conf.jails}/${jail}/jail.conf`) === undefined) return usage(bastille, script)
    return show(bastille, { view: 'jails', names: [jail], state, isJson })
  })
}

interface Wish {
  view: View | undefined
  names?: string[]
  state: string | undefined
  isJson: boolean
}

async function show(bastille: Bastille, { view, names, state, isJson }: Wish): Promise<number> {
  if (view === undefined) return usage(bastille, script)
  const { keys } = bastille.conf
  const chosen = names ?? namesIn(bastille, bastille.conf.jails)
  if (chosen.length === 0) {
    // Behind a pipe to awk the failure is not seen.
    if (!isJson) return fail(bastille, '[ERROR]: No jails found.')
    complain(bastille, '[ERROR]: No jails found.')
    bastille.call.out(jsonOf(view, [], keys))
    return 0
  }
  const widths = widthsOf(bastille)
  const texts = await gather(bastille, chosen, (info) => {
    return state !== undefined && info.state !== state ? '' : tableRows(view, info, widths, isJson)
  })
  bastille.call.out(isJson ? jsonOf(view, texts, keys) : tableHead(view, widths, keys) + texts.join(''))
  return 0
}

/**
 * Each jail's rows are written to a file of a fixed name, and printed when all are there. A list that begins meanwhile removes these
 * files: this one then has nothing to print, and its exit code is 0 all the same.
 */
async function gather(bastille: Bastille, names: string[], rowsOf: (info: JailInfo) => string): Promise<string[]> {
  const jails = names.filter((name) => readText(bastille, `${bastille.conf.jails}/${name}/jail.conf`) !== undefined)
  const files = jails.map((name) => ({
    name,
    shown: `/tmp/bastille-list-${name}`,
    real: toReal(bastille.host.paths, `/tmp/bastille-list-${name}`),
  }))
  const open = files.map(({ name, real }) => ({ name, file: openSync(real, 'w') }))
  for (const { name, file } of open) {
    writeFileSync(file, rowsOf(await jailInfo(bastille, name)))
    closeSync(file)
  }
  // The real one takes a good part of a second: long enough for another to come between.
  await wait(slowness)
  return files.flatMap(({ shown, real }) => {
    try {
      const text = readFileSync(real, 'utf8')
      rmSync(real)
      return text === '' ? [] : [text]
    } catch {
      complain(bastille, `cat: ${shown}: No such file or directory`)
      return []
    }
  })
}

const slowness = 10

/** The lists that are no table; undefined: it is none of them. */
async function listPlain(bastille: Bastille, what: string): Promise<number | undefined> {
  const { releases, templates, backups, logs, jails, dataset } = bastille.conf
  const lines = (texts: string[]) => {
    for (const line of texts) say(bastille, line)
    return 0
  }
  if (/^(jail|container)s?$/.test(what)) return lines(listJails(bastille))
  if (/^releases?$/.test(what)) {
    const names = namesIn(bastille, releases).filter((name) => readText(bastille, `${releases}/${name}/COPYRIGHT`) !== undefined)
    // With its patch level, which is not the folder's name.
    return lines(names.map((name) => userland(bastille, `${releases}/${name}`) ?? name))
  }
  if (/^templates?$/.test(what)) return lines([templates, ...namesIn(bastille, templates)])
  if (/^(import|export|backup)s?$/.test(what)) return lines(namesIn(bastille, backups).filter((name) => !name.endsWith('.sha256')))
  if (/^logs?$/.test(what)) return lines(namesIn(bastille, logs).map((name) => `${logs}/${name}`))
  if (/^limits?$/.test(what)) return run(bastille, 'rctl', ['-h', 'jail:'])
  if (!/^snap(shots?)?$/.test(what)) return undefined
  for (const jail of namesIn(bastille, jails)) {
    if (linesOf(bastille, `${jails}/${jail}/jail.conf`).length === 0) continue
    say(bastille, `\n[${jail}]:`)
    const { text } = await ask(bastille, 'zfs', ['list', '-r', '-t', 'snapshot', `${dataset ?? ''}/jails/${jail}`])
    say(bastille, text)
  }
  return 0
}
