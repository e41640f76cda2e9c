export interface Word {
  /** As it stands in the file, with its quotes. */
  raw: string
  /** Without the quotes around it. */
  text: string
  start: number
  end: number
}

export interface Statement {
  words: Word[]
  /** Where the `{` after it ends; a simple statement has none. */
  opens: number | undefined
  /** The names of the blocks around it, in this file. */
  inside: string[]
}

/** Cuts a file exactly as nginx's ngx_conf_read_token does: what is read here as a comment or a string must be one to nginx too. */
export function statementsOf(text: string): Statement[] {
  const statements: Statement[] = []
  const inside: string[] = []
  let words: Word[] = []
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    if (isSpace(char)) at++
    else if (char === '#') at = endOf(text, text.indexOf('\n', at))
    else if (char === ';' || char === '{' || char === '}') {
      at++
      if (words.length > 0) statements.push({ words, opens: char === '{' ? at : undefined, inside: [...inside] })
      if (char === '{') inside.push(words[0]?.raw ?? '')
      if (char === '}') inside.pop()
      words = []
    } else {
      const end = char === '"' || char === "'" ? endOfQuoted(text, at, char) : endOfBare(text, at)
      const raw = text.slice(at, end)
      const isQuoted = /^(["'])[^]*\1$/.test(raw) && raw.length > 1
      words.push({ raw, text: isQuoted ? raw.slice(1, -1) : raw, start: at, end })
      at = end
    }
  }
  return statements
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n'
}

function endOf(text: string, found: number): number {
  return found < 0 ? text.length : found
}

function endOfQuoted(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at + 1
  }
  return text.length
}

/** A `}` belongs to the word, so does a `{` after `$`; a quote within a word is a letter like others. */
function endOfBare(text: string, start: number): number {
  let afterDollar = false
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '{' && afterDollar) continue
    afterDollar = char === '$'
    if (char === '\\') at++
    else if (isSpace(char) || char === ';' || char === '{') return at
  }
  return text.length
}
