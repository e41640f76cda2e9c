import { sha256 } from '../../../core/canonical.ts'
import { JailopsError } from '../../../core/errors.ts'

/* Our block in an nginx.conf that is not ours: its bytes are put in and found again, and nothing else is read or written anew. */

const begin = '# >>> jailops 1 sha256:'
const end = '# <<< jailops'

/** What the block holds, between its two marks. */
function inner(folder: string, lineEnd: string): string {
  return `  include ${folder}/*.conf;${lineEnd}`
}

/** Whether the block stands there as we wrote it. @throws not_ours where somebody changed it */
export function hasBlock(text: string, folder: string): boolean {
  const found = /^[ \t]*# >>> jailops 1 sha256:([0-9a-f]+)[^\n]*\n([^]*?)^[ \t]*# <<< jailops\r?$/m.exec(text)
  if (found === null && !text.includes(begin) && !text.includes(end)) return false
  const [, hash, between = ''] = found ?? []
  const isOurs = [inner(folder, '\n'), inner(folder, '\r\n')].includes(between) && hash === sha256(between)
  if (isOurs && text.split(begin).length === 2) return true
  throw new JailopsError(
    'not_ours',
    "The block of jailops in nginx's configuration was changed by hand, so jailops does not touch it. Take the lines between its two marks out, with the marks, and ask again.",
  )
}

/** The text with the block at the beginning of `http`. @throws host_not_ready where there is no such block to put it in */
export function withBlock(text: string, folder: string): string {
  if (hasBlock(text, folder)) return text
  const at = beginningOfHttp(text)
  if (at === undefined) {
    throw new JailopsError(
      'host_not_ready',
      "nginx's configuration has no `http { … }` that jailops could add its sites to. Put one there, and ask again.",
    )
  }
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = inner(folder, lineEnd)
  const block = `  ${begin}${sha256(lines)} (managed; edit outside)${lineEnd}${lines}  ${end}${lineEnd}`
  const rest = text.slice(at)
  const toNextLine = /^[ \t]*\r?\n/.exec(rest)?.[0] ?? ''
  return `${text.slice(0, at)}${toNextLine === '' ? lineEnd : toNextLine}${block}${rest.slice(toNextLine.length)}`
}

/** Words of nginx's configuration, with their quotes, and comments. */
export const nginxTokens = /#[^\n]*|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[{};]|(?:\$\{|\\[^]|[^\s{};])+/g

/** Behind the brace of the outermost `http {`, reading comments and strings as nginx does. */
function beginningOfHttp(text: string): number | undefined {
  let depth = 0
  let words: string[] = []
  for (const { 0: token, index } of text.matchAll(nginxTokens)) {
    if (token.startsWith('#')) continue
    if (token === '{') {
      if (depth === 0 && words.length === 1 && words[0] === 'http') return index + 1
      depth++
    }
    if (token === '}') depth--
    words = token === '{' || token === '}' || token === ';' ? [] : [...words, token]
  }
  return undefined
}
