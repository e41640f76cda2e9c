import { pattern, readText, writeText } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'
import { exists, setTarget, settingsFile } from './targets.ts'
import { isProperty } from './properties.ts'

const script: Script = {
  usage: [
    'Usage: bastille config [option(s)] TARGET set|add PROPERTY [VALUE]',
    '                                          get|remove PROPERTY',
  ],
}

const own: Record<string, string> = { boot: 'boot', depend: 'depend', depends: 'depend', prio: 'priority', priority: 'priority' }

/** `config TARGET get|set|add|remove PROPERTY [VALUE]`: bastille's own go into settings.conf, all others into jail.conf. */
export function config(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, script, async ({ words }) => {
    if (words.length < 3 || words.length > 4) return usage(bastille, script)
    const [target = '', verb = '', given = ''] = words
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    const mistake = findMistake(verb, words.slice(2))
    if (mistake !== undefined) return fail(bastille, mistake)
    const sign = given.indexOf('=')
    const name = sign < 0 ? given : given.slice(0, sign)
    const value = sign < 0 ? (words[3] ?? '') : (given.split('=')[1] ?? '')
    const ownName = Object.hasOwn(own, name) ? own[name] : undefined
    if (ownName === undefined && !isProperty(name)) return fail(bastille, `[ERROR]: Unsupported property: ${name}`)
    for (const jail of jails) {
      const code = await (ownName === undefined
        ? ofJailConf(bastille, jail, verb, name, value)
        : ofSettings(bastille, jail, verb, ownName, value))
      if (code !== 0) return code
    }
    if (verb !== 'get' && ownName === undefined)
      say(bastille, "A restart is required for the changes to be applied. See 'bastille restart'.")
    return 0
  })
}

function findMistake(verb: string, [name = '', ...values]: string[]): string | undefined {
  if (!['get', 'remove', 'set', 'add'].includes(verb)) return '[ERROR]: Only (add|set), get and remove are supported.'
  const isDepend = verb === 'remove' && own[name] === 'depend'
  if ((verb === 'get' || verb === 'remove') && values.length > 0 && !isDepend)
    return '[ERROR]: Too many parameters for [get|remove] operation.'
  return undefined
}

async function ofSettings(bastille: Bastille, jail: string, verb: string, name: string, value: string): Promise<number> {
  const file = settingsFile(bastille, jail)
  const sysrc = (...words: string[]) => run(bastille, 'sysrc', ['-f', file, ...words])
  if (verb === 'get') {
    await sysrc('-n', name)
    return 0
  }
  if (name === 'depend') return ofDepend(bastille, jail, verb, value, sysrc)
  if (verb === 'remove') return fail(bastille, `[ERROR]: Cannot remove the '${name}' property.`)
  if (name === 'priority' && !/^[0-9]+$/.test(value)) return fail(bastille, 'Priority value must be a number.')
  if (name === 'boot' && value !== 'on' && value !== 'off') return fail(bastille, "Boot value must be 'on' or 'off'.")
  await sysrc(`${name}=${value}`)
  return 0
}

async function ofDepend(
  bastille: Bastille,
  jail: string,
  verb: string,
  value: string,
  sysrc: (...words: string[]) => Promise<number>,
): Promise<number> {
  const what = verb === 'remove' ? "Removing a jail from the 'depend' property" : "Adding a jail to the 'depend' property"
  if (value === '') return fail(bastille, `[ERROR]: ${what} requires a TARGET.`)
  const others = await setTarget(bastille, value)
  if (others === undefined) return 1
  say(bastille, `\n[${jail}]:`)
  await sysrc(`depend${verb === 'remove' ? '-=' : '+='}${others.join(' ')}`)
  return 0
}

async function ofJailConf(bastille: Bastille, jail: string, verb: string, name: string, given: string): Promise<number> {
  const file = `${bastille.conf.jails}/${jail}/jail.conf`
  const text = readText(bastille, file)
  if (text === undefined) {
    complain(bastille, `jail.conf does not exist for jail: ${jail}`)
    return 0
  }
  const now = await property(bastille, jail, name)
  if (verb === 'get') {
    say(bastille, now)
    return 0
  }
  if (verb === 'remove') {
    if (now === 'not set') return fail(bastille, `[ERROR]: Value not present in jail.conf: ${name}`)
    say(bastille, `\n[${jail}]:`)
    // Every line that holds the name goes, the dot in it standing for anything.
    writeText(
      bastille,
      file,
      rewrite(text, (line) => (pattern(name).test(line) ? [] : [line])),
    )
    say(bastille, `Property removed: ${name}`)
    return 0
  }
  const isBare = /^ip[46]\.addr$/.test(name) && !given.includes('|')
  const value = isBare ? `${(await property(bastille, jail, name)).split('|')[0] ?? ''}|${given}` : given
  if (value !== '' && !/^[A-Za-z0-9._/:| $!&%=(){}-]+$/.test(value))
    return fail(bastille, `[ERROR]: Value contains unsupported characters: ${value}`)
  writeText(bastille, file, withLine(text, name, value))
  return 0
}

/** Replaces the property's line or adds one before the brace. */
function withLine(text: string, name: string, value: string): string {
  const line = value === '' ? `  ${name};` : `  ${name} = ${value.includes(' ') ? `'${value}'` : value};`
  let found = false
  return rewrite(text, (each) => {
    const isIt = !found && pattern(`^\\s*${name}\\s*;?$`).test(each.split('=')[0] ?? '')
    const lines = isIt ? [line] : each.split('=')[0] === '}' && !found ? [line, each] : [each]
    found ||= isIt
    return lines
  })
}

function rewrite(text: string, change: (line: string) => string[]): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return `${lines.flatMap(change).join('\n')}\n`
}

/** `$(bastille config JAIL get PROPERTY)`. A value that holds a `=` is only `enabled`. */
export async function property(bastille: Bastille, jail: string, name: string): Promise<string> {
  if (!exists(bastille, jail)) return ''
  const { text } = await ask(bastille, 'jail', ['-f', `${bastille.conf.jails}/${jail}/jail.conf`, '-e', '\n'])
  const line = text.split('\n').find((each) => each.split('=')[0] === name)
  if (line === undefined) return 'not set'
  const [, value, ...more] = line.split('=')
  return value === undefined || more.length > 0 ? 'enabled' : value.replace(/^"/, '').replace(/"$/, '')
}
