import { refuse } from './refuse.ts'
import { subCall, type Call } from './call.ts'

/** Where a command runs: on the host or in a jail. */
export interface Where {
  /** undefined: there is no such program. */
  run(argv: string[], call: Call): Promise<number | undefined>
  /** Returns an error text, as sh prints it, when the file cannot be written. */
  write(path: string, bytes: Uint8Array, append: boolean): string | undefined
}

type Word = { kind: 'word'; text: string } | { kind: 'sign'; text: string }

/** The little of sh(1) that hooks and `sh -c` in a jail need: lists of simple commands and redirections. All else is refused. */
export async function runShellLine(where: Where, text: string, call: Call): Promise<number> {
  const words = split(text)
  let code = 0
  let skip = false
  let command: Word[] = []
  for (const word of [...words, { kind: 'sign', text: ';' } satisfies Word]) {
    if (word.kind === 'word' || /[<>]/.test(word.text)) {
      command.push(word)
      continue
    }
    if (command.length > 0 && !skip) {
      const ended = await simple(where, command, call, code)
      code = ended.code
      if (ended.exits) return code
    }
    command = []
    skip = (word.text === '&&' && code !== 0) || (word.text === '||' && code === 0)
  }
  return code
}

async function simple(where: Where, command: Word[], call: Call, last: number): Promise<{ code: number; exits: boolean }> {
  const argv: string[] = []
  let streams = call
  const files: { path: string; append: boolean; chunks: Uint8Array[] }[] = []
  for (let at = 0; at < command.length; at++) {
    const word = command[at]
    if (word === undefined) break
    if (word.kind === 'word') {
      argv.push(word.text)
      continue
    }
    const sign = word.text
    if (sign === '2>&1') streams = { ...streams, err: streams.out }
    else if (sign === '>&2') streams = { ...streams, out: streams.err }
    else {
      const path = command[++at]?.text ?? ''
      if (sign === '<') {
        if (path !== '/dev/null') refuse('sh', `input from ${path} is not imitated here`)
        streams = { ...streams, input: () => Promise.resolve(Buffer.alloc(0)) }
        continue
      }
      const file: { path: string; append: boolean; chunks: Uint8Array[] } = { path, append: sign.includes('>>'), chunks: [] }
      files.push(file)
      const keep = (bytes: string | Uint8Array) => void file.chunks.push(Buffer.from(bytes))
      streams = sign.startsWith('2') ? { ...streams, err: keep } : { ...streams, out: keep }
    }
  }
  for (const { path, append } of files) {
    const error = path === '/dev/null' ? undefined : where.write(path, Buffer.alloc(0), append)
    if (error === undefined) continue
    call.err(`sh: cannot create ${path}: ${error}\n`)
    return { code: 2, exits: false }
  }
  const ended = await runArgv(where, argv, streams, last)
  for (const { path, chunks } of files) if (path !== '/dev/null') where.write(path, Buffer.concat(chunks), true)
  return ended
}

async function runArgv(where: Where, argv: string[], call: Call, last: number): Promise<{ code: number; exits: boolean }> {
  const [name = '', ...args] = argv
  if (name === 'exit') return { code: Number(args[0] ?? last) & 255, exits: true }
  if (name === ':' || name === '') return { code: 0, exits: false }
  if (name === 'exec') return { code: (await runArgv(where, args, call, last)).code, exits: true }
  if (keywords.has(name) || /^[A-Za-z_][A-Za-z0-9_]*=/.test(name)) refuse('sh', `${name} is not imitated here`)
  const code = await where.run(argv, subCall(call, name, args))
  if (code === undefined) call.err(name.includes('/') ? `sh: ${name}: not found\n` : `sh: ${name}: not found\n`)
  return { code: code ?? 127, exits: false }
}

const keywords = new Set(['if', 'for', 'while', 'case', 'until', 'set', 'trap', 'eval', 'export', 'cd', '{', '!', 'wait', 'read', '.'])

function split(text: string): Word[] {
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const blank = /^[ \t]+/.exec(rest)?.[0] ?? (rest.startsWith('#') ? (/^[^\n]*/.exec(rest)?.[0] ?? '') : '')
    const sign = /^(?:2>&1|1?>&2|2>>|2>|1?>>|1?>|<|&&|\|\||;|\n)/.exec(rest)?.[0]
    if (blank !== '') at += blank.length
    else if (sign !== undefined) {
      words.push({ kind: 'sign', text: sign === '\n' ? ';' : sign.replace(/^1/, '') })
      at += sign.length
    } else at += readWord(rest, words)
  }
  return words
}

function readWord(rest: string, words: Word[]): number {
  let text = ''
  let at = 0
  while (at < rest.length && !/[\s;<>&|]/.test(rest.charAt(at))) {
    const char = rest.charAt(at)
    if (char === "'" || char === '"') {
      const end = rest.indexOf(char, at + 1)
      if (end < 0) refuse('sh', 'an unterminated quoted string')
      const inner = rest.slice(at + 1, end)
      if (char === '"' && /[$`\\]/.test(inner)) refuse('sh', `expansion in ${rest.slice(at, end + 1)} is not imitated here`)
      text += inner
      at = end + 1
    } else if (char === '\\') {
      text += rest.charAt(at + 1)
      at += 2
    } else if (/[$`(){}*?]/.test(char)) return refuse('sh', `${char} in a command line is not imitated here: ${rest.trim()}`)
    else {
      text += char
      at++
    }
  }
  if (at === 0) return refuse('sh', `${rest.charAt(0)} in a command line is not imitated here`)
  words.push({ kind: 'word', text })
  return at
}
