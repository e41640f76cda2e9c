/** rc.conf is a shell program. The lab reads assignments and comments; syntax errors end as sh(1) ends; commands are refused. */
export type RcConf = { kind: 'read'; values: Map<string, string>; commands: string[] } | { kind: 'syntax'; line: number; message: string }

export function parseRcConf(text: string, given: Map<string, string> = new Map()): RcConf {
  const values = new Map(given)
  const commands: string[] = []
  let at = 0
  let line = 1
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === '\n') line++
    if (/[\s;]/.test(char)) {
      at++
      continue
    }
    if (char === '#') {
      at = next('\n')
      continue
    }
    const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(text.slice(at, at + 300))?.[1]
    if (name === undefined) {
      const end = next('\n')
      commands.push(text.slice(at, end))
      at = end
      continue
    }
    at += name.length + 1
    const value = readValue()
    if (typeof value !== 'string') return { kind: 'syntax', ...value }
    // `name=value word` would run `word`: what sysrc wrote badly ends here.
    const rest = /^[ \t]+[^\s;#][^\n]*/.exec(text.slice(at))?.[0]
    if (rest === undefined) values.set(name, value)
    else {
      const end = at + rest.length
      const quote = firstOpenQuote(rest)
      if (quote) return { kind: 'syntax', line, message: 'Unterminated quoted string' }
      commands.push(`${name}=${value}${rest}`)
      at = end
    }
  }
  return { kind: 'read', values, commands }

  function next(char: string): number {
    const end = text.indexOf(char, at)
    return end < 0 ? text.length : end
  }

  function readValue(): string | { line: number; message: string } {
    let value = ''
    while (at < text.length && !/[\s;]/.test(text.charAt(at))) {
      const char = text.charAt(at)
      if (char === "'" || char === '"') {
        const opened = line
        const inner = readQuoted(char)
        if (inner === undefined) return { line: opened, message: 'Unterminated quoted string' }
        value += inner
      } else if (char === '\\') {
        value += text.charAt(at + 1)
        at += 2
      } else if (char === '$') value += readVariable()
      else {
        value += char
        at++
      }
    }
    return value
  }

  function readQuoted(quote: string): string | undefined {
    let inner = ''
    at++
    for (;;) {
      if (at >= text.length) return undefined
      const char = text.charAt(at)
      if (char === quote) break
      if (char === '\n') line++
      if (quote === '"' && char === '$') inner += readVariable()
      else if (quote === '"' && char === '\\' && /[$`"\\\n]/.test(text.charAt(at + 1))) {
        inner += text.charAt(at + 1)
        at += 2
      } else {
        inner += char
        at++
      }
    }
    at++
    return inner
  }

  function readVariable(): string {
    const found = /^\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/.exec(text.slice(at, at + 200))
    if (found === null) {
      if (text.startsWith('$(', at) || text.startsWith('${', at)) commands.push(text.slice(at, next('\n')))
      return text.charAt(at++)
    }
    at += found[0].length
    return values.get(found[1] ?? found[2] ?? '') ?? ''
  }
}

function firstOpenQuote(text: string): boolean {
  let quote = ''
  for (const char of text) {
    if (quote === '' && (char === "'" || char === '"')) quote = char
    else if (char === quote) quote = ''
  }
  return quote !== ''
}
