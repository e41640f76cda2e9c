import type { Call } from '../call.ts'
import { refuse } from '../refuse.ts'

export interface Wish {
  name: string
  makeHome: boolean
  shell: string | undefined
  home: string | undefined
  /** Goes into the password field. */
  password: string | undefined
}

const taking = { useradd: 'nsdwh', usermod: 'nsdwh', userdel: 'n', usershow: 'n', lock: 'n', unlock: 'n' }

export type Command = keyof typeof taking

export function isCommand(word: string): word is Command {
  return Object.hasOwn(taking, word)
}

/** What stands after `useradd`: the name comes first or with -n. */
export async function parseWish(command: Command, args: string[], call: Call): Promise<Wish> {
  const values = new Map<string, string>()
  let makeHome = false
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    if (word === '-m' && command === 'useradd') makeHome = true
    else if (/^-[a-z]$/.test(word) && taking[command].includes(word.charAt(1)) && args[at + 1] !== undefined) {
      values.set(word.charAt(1), args[++at] ?? '')
    } else if (at === 0 && !word.startsWith('-')) values.set('n', word)
    else refuse('pw', `${command} … ${word} is not imitated here`)
  }
  const name = values.get('n') ?? ''
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(name)) return refuse('pw', `the login name '${name}' is not imitated here`)
  const paths = [values.get('s'), values.get('d')].filter((path) => path !== undefined)
  for (const path of paths) if (!/^\/[^:\n]*$/.test(path)) refuse('pw', `${path} is not imitated here: only absolute paths`)
  if (!['no', undefined].includes(values.get('w'))) refuse('pw', `-w ${values.get('w')} is not imitated here`)
  const password = await passwordOf(values.get('h'), call)
  return { name, makeHome, shell: values.get('s'), home: values.get('d'), password: password ?? (values.has('w') ? '*' : undefined) }
}

/** A password is read and forgotten: what is kept is no hash of anything. `-h -` reads none and locks the account, as the real one does. */
async function passwordOf(descriptor: string | undefined, call: Call): Promise<string | undefined> {
  if (descriptor === undefined) return undefined
  if (descriptor === '-') return '*'
  if (descriptor !== '0') return refuse('pw', `-h ${descriptor} is not imitated here`)
  const [line = ''] = (await call.input()).toString().split('\n')
  return line === '' ? refuse('pw', 'an empty password is not imitated here') : '$6$*'
}
