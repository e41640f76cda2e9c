/** Why a configuration cannot be read, in jail(8)'s words after `jail: `. */
export class ConfError extends Error {
  override name = 'ConfError'
}

/** A piece of a string: fixed text or the name of a variable. */
export type Piece = { kind: 'text'; text: string } | { kind: 'variable'; name: string }

export type Token =
  | { kind: 'mark'; text: '{' | '}' | '=' | '+=' | ';' | ','; line: number }
  | { kind: 'string'; pieces: Piece[]; text: string; line: number; bare: boolean }

const endOfWord = /[\s{}=;,"'#]/

const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
])

/** Splits jail.conf text into tokens; comments are `#`, `//` and C's. */
export function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = 1

  while (at < text.length) {
    const char = text.charAt(at)
    if (char === '\n') line++
    if (/\s/.test(char)) at++
    else if (char === '#' || text.startsWith('//', at)) at = endOfLine(at)
    else if (text.startsWith('/*', at)) skipComment()
    else if (text.startsWith('+=', at)) mark('+=')
    else if (char === '{' || char === '}' || char === '=' || char === ';' || char === ',') mark(char)
    else tokens.push(readString())
  }
  return tokens

  function mark(sign: '{' | '}' | '=' | '+=' | ';' | ','): void {
    tokens.push({ kind: 'mark', text: sign, line })
    at += sign.length
  }

  function endOfLine(from: number): number {
    const end = text.indexOf('\n', from)
    return end < 0 ? text.length : end
  }

  function skipComment(): void {
    const end = text.indexOf('*/', at + 2)
    if (end < 0) throw new ConfError(`${file}: unexpected EOF`)
    line += text.slice(at, end).split('\n').length - 1
    at = end + 2
  }

  /** Quoted and bare parts that touch are one string. */
  function readString(): Token {
    const start = at
    const startLine = line
    const pieces: Piece[] = []
    let bare = true
    while (at < text.length) {
      const char = text.charAt(at)
      if (char === '"' || char === "'") {
        bare = false
        readQuoted(char, pieces)
      } else if (char === '$') readVariable(pieces)
      else if (endOfWord.test(char) || text.startsWith('+=', at)) break
      else addText(pieces, readChar())
    }
    return { kind: 'string', pieces, text: text.slice(start, at), line: startLine, bare }
  }

  function readQuoted(quote: string, pieces: Piece[]): void {
    at++
    addText(pieces, '')
    for (;;) {
      if (at >= text.length) throw new ConfError(`${file}: unexpected EOF`)
      const char = text.charAt(at)
      if (char === quote) break
      if (char === '\n') line++
      if (char === '$' && quote === '"') readVariable(pieces)
      else if (char === '\\' && quote === "'") addText(pieces, text.charAt(at++))
      else addText(pieces, readChar())
    }
    at++
  }

  function readChar(): string {
    const char = text.charAt(at++)
    if (char !== '\\' || at >= text.length) return char
    const escaped = text.charAt(at++)
    if (escaped === '\n') {
      line++
      return ''
    }
    return escapes.get(escaped) ?? escaped
  }

  function readVariable(pieces: Piece[]): void {
    const found = /^\$(?:\{([^}]*)\}|([A-Za-z0-9_]+))/.exec(text.slice(at, at + 300))
    if (found === null) return addText(pieces, text.charAt(at++))
    at += found[0].length
    pieces.push({ kind: 'variable', name: found[1] ?? found[2] ?? '' })
  }
}

function addText(pieces: Piece[], text: string): void {
  const last = pieces.at(-1)
  if (last?.kind === 'text') last.text += text
  else pieces.push({ kind: 'text', text })
}
