import { ZfsError } from './pool.ts'

export interface Options {
  flags: Set<string>
  /** The values of options that take one, in order. */
  values(letter: string): string[]
  value(letter: string): string | undefined
  operands: string[]
}

/** getopt(3); letters with a colon take a value. A mistake ends with 2 and the command's usage. */
export function parseOptions(command: string, args: string[], letters: string): Options {
  const flags = new Set<string>()
  const values: [string, string][] = []
  let at = 0
  for (; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    if (!/^-./.test(arg)) break
    for (let place = 1; place < arg.length; place++) {
      const letter = arg.charAt(place)
      const known = letters.indexOf(letter)
      if (known < 0 || letter === ':') throw usage(command, `invalid option '${letter}'`)
      flags.add(letter)
      if (letters.charAt(known + 1) !== ':') continue
      const value = arg.slice(place + 1) || args[++at]
      if (value === undefined) throw usage(command, `missing argument for '${letter}' option`)
      values.push([letter, value])
      break
    }
  }
  const all = (letter: string) => values.filter(([each]) => each === letter).map(([, value]) => value)
  return { flags, values: all, value: (letter) => all(letter).at(-1), operands: args.slice(at) }
}

export function needOperands(command: string, operands: string[], ...missing: string[]): string[] {
  const first = missing[operands.length]
  if (first !== undefined) throw usage(command, `missing ${first} argument`)
  if (operands.length > missing.length) throw usage(command, 'too many arguments')
  return operands
}

export function usage(command: string, mistake: string): ZfsError {
  return new ZfsError(`${mistake}\nusage:\n\t${usages[command] ?? command}\n`, 2)
}

/** `-o key=value`, each once. */
export function readSettings(command: string, texts: string[]): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const text of texts) {
    const sign = text.indexOf('=')
    if (sign <= 0) throw usage(command, "missing '=' for property=value argument")
    const key = text.slice(0, sign)
    if (settings[key] !== undefined) throw usage(command, `property '${key}' specified multiple times`)
    settings[key] = text.slice(sign + 1)
  }
  return settings
}

const usages: Record<string, string> = {
  create: 'create [-Pnpuv] [-o property=value] ... <filesystem>',
  destroy: 'destroy [-fnpRrv] <filesystem|volume>\n\tdestroy [-dnpRrv] <filesystem|volume>@<snap>[%<snap>][,...]',
  snapshot: 'snapshot [-r] [-o property=value] ... <filesystem|volume>@<snap> ...',
  rollback: 'rollback [-rRf] <snapshot>',
  clone: 'clone [-p] [-o property=value] ... <snapshot> <filesystem|volume>',
  promote: 'promote <clone-filesystem>',
  rename:
    'rename [-f] <filesystem|volume|snapshot> <filesystem|volume|snapshot>\n\trename -p [-f] <filesystem|volume> <filesystem|volume>\n\trename -u [-f] <filesystem> <filesystem>\n\trename -r <snapshot> <snapshot>',
  list: 'list [-Hp] [-r|-d max] [-o property[,...]] [-s property]...\n\t    [-S property]... [-t type[,...]] [filesystem|volume|snapshot] ...',
  set: 'set <property=value> ... <filesystem|volume|snapshot> ...',
  get: 'get [-rHp] [-d max] [-o "all" | field[,...]]\n\t    [-t type[,...]] [-s source[,...]]\n\t    <"all" | property[,...]> [filesystem|volume|snapshot|bookmark] ...',
  inherit: 'inherit [-rS] <property> <filesystem|volume|snapshot> ...',
  mount: 'mount\n\tmount [-flvO] [-o opts] <-a | filesystem>',
  unmount: 'unmount [-fu] <-a | filesystem|mountpoint>',
  send: 'send [-DLPbcehnpsVvw] [-i|-I snapshot] [-R [-X dataset[,dataset]...]] <snapshot>',
  receive: 'receive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ... <filesystem|volume|snapshot>',
}
