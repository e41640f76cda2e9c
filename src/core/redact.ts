/* What looks like a secret is taken out of what programs print, before any of it is written down or shown. */

const hidden = '[hidden]'

/** The text without what looks like a secret: rather too much than too little, and what is plainly none stays. */
export function redact(text: string): string {
  let clean = withoutKeys(text)
  for (const [pattern, replacement] of shapes) clean = clean.replace(pattern, replacement)
  for (const pattern of named) clean = clean.replace(pattern, hideValue)
  return clean
}

/** The same for a value whose name stands elsewhere: in the cell before it, or as the name of a field. */
export function redactValue(name: string, value: string): string {
  const before = `${name}: `
  const said = redact(`${before}${value}`)
  return said.startsWith(before) ? said.slice(before.length) : redact(value)
}

const beginOfKey = /-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----/
const endOfKey = /-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----/
const lineOfKey = /^[A-Za-z0-9+/=]{8,}[ \t\r]*$/

/** Line by line, since output that was cut may have the beginning of a key without its end, or the other way round. */
function withoutKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text
  const kept: string[] = []
  let isWithin = false
  for (const line of text.split('\n')) {
    const begins = beginOfKey.exec(line)
    const ends = endOfKey.exec(line)
    if (begins !== null && !isWithin) kept.push(`${line.slice(0, begins.index)}[private key hidden]${ends === null ? '' : afterEnd(line)}`)
    // the word on what a long output lacks is no part of the key, but what follows it may be
    else if (isWithin && /^\[\d+ bytes are not kept\]$/.test(line)) kept.push(line)
    else if (ends !== null) {
      if (!isWithin) dropBackwards(kept)
      const rest = `${isWithin ? '' : '[private key hidden]'}${afterEnd(line)}`
      if (rest !== '') kept.push(rest)
    } else if (!isWithin) kept.push(line)
    isWithin = ends === null && (isWithin || begins !== null)
  }
  return kept.join('\n')
}

function afterEnd(line: string): string {
  return line.replace(/^.*-----END [A-Z0-9 ]*-----/, '')
}

function dropBackwards(lines: string[]): void {
  while (lineOfKey.test(lines.at(-1) ?? '')) lines.pop()
}

const shapes: [RegExp, string][] = [
  [/\b((?:proxy-)?authorization|x-api-key|x-auth-token|(?:set-)?cookie)(["']?[ \t]*[:=][ \t]*["']?)[^\s"'][^\r\n"']*/gi, `$1$2${hidden}`],
  // user:password@ in an address; a user alone is no secret
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/"']{0,200}):[^\s/"']{1,500}@/gi, `$1:${hidden}@`],
  [/(\s(?:-u|--user|--proxy-user)[ =]["']?[^\s:"']{1,100}):[^\s"']+/g, `$1:${hidden}`],
  // what people put on a command line, as ps shows it, and redis in its file
  [/(\b(?:mysql|mariadb)[a-z-]{0,12}\b(?:[ \t]+[^\s|;]{1,200}){0,20}?[ \t]+-p)[^\s-][^\s]*/g, `$1${hidden}`],
  [/(\bsshpass[ \t]+-p[ \t]?)\S+/g, `$1${hidden}`],
  [/(\bredis-cli\b(?:[ \t]+[^\s|;]{1,200}){0,20}?[ \t]+-a[ \t]+)\S+/g, `$1${hidden}`],
  [/^([ \t]*(?:requirepass|masterauth)[ \t]+)\S{4}.*$/gim, `$1${hidden}`],
  // crypt(3), and what other programs write in that form
  [/\$(1|2[abxy]?|5|6|7|y|gy|apr1|sha1|scrypt|pbkdf2(?:-\w+)?|argon2(?:id|i|d))\$[./A-Za-z0-9$=,+-]{8,}/g, `$$$1$$${hidden}`],
  // an old one in a line of master.passwd, which is not told by its form
  [/^([\w.-]+):(?:\*LOCKED\*)?[./A-Za-z0-9]{13}(?=:\d+:\d+:)/gm, `$1:${hidden}`],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, hidden],
  [/\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}/g, hidden],
  [/\bxapp-\d-[A-Za-z0-9-]{10,}/g, hidden],
  [/(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/_-]+/g, `$1${hidden}`],
  [/(\bdiscord(?:app)?\.com\/api\/webhooks\/\d+\/)[A-Za-z0-9_-]+/g, `$1${hidden}`],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}\b/g, hidden],
  [/\bgithub_pat_[A-Za-z0-9_]{22,}\b/g, hidden],
  [/\bglpat-[A-Za-z0-9_-]{20,}/g, hidden],
  [/\bnpm_[A-Za-z0-9]{36}\b/g, hidden],
  [/\bAIza[A-Za-z0-9_-]{35}/g, hidden],
  [/\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g, hidden],
  [/\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}/g, hidden],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/g, hidden],
  // a JSON Web Token
  [/\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,}/g, hidden],
  [/\b(identified\s{1,5}by\s{1,5}(?:password\s{1,5})?)(?:'[^'\r\n]*'|"[^"\r\n]*")/gi, `$1'${hidden}'`],
  [/(<([\w:.-]{0,40}(?:password|passphrase|secret|token))>)[^<\r\n]+(?=<\/\2>)/gi, `$1${hidden}`],
]

const noun = String.raw`(?:passw(?:or)?d|passphrase|(?<![A-Za-z])pass|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)`
const name = String.raw`(?<name>[A-Za-z0-9_.-]{0,60}?${noun}(?:[_-]?(?:access[_-]?key|key[_-]?base|key|hash|value|\d+))?)`
const value = String.raw`(?<value>\[hidden\]|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'|[^\s"'<>]*[^\s"'<>,;)}\]])`
const begin = '(?<![A-Za-z0-9_.-]|unexpected )'

/** A name that ends in such a word, and what it is set to: in a line of its own all of it, in the middle of others one word. */
const named = [
  new RegExp(String.raw`^(?<before>[ \t]*(?:-[ \t]+)?["']?)${name}(?<bond>["']?[ \t]*[:=][ \t]+)(?<value>\S.*)$`, 'gim'),
  new RegExp(String.raw`${begin}(?<before>)${name}(?<bond>["']?[ \t]*(?:=>|:=|[:=])[ \t]*)${value}`, 'gi'),
  new RegExp(String.raw`${begin}(?<before>--?)${name}(?<bond>[ \t]+)${value}`, 'gi'),
]

/** Values that tell nothing: switches, variables, other people's placeholders, sources of nsswitch.conf. */
const tellsNothing =
  /^(?:yes|no|on|off|true|false|none|null|nil|undefined|unset|required|optional|\d|\*+|x+|\.{3}|files|compat|db|cache|ldap|sss|nis|winbind)$/i
const isVariable = /^(?:\$[A-Z_][A-Z0-9_]*|\$\{[A-Z_][A-Z0-9_]*\}|\$\([^)]*\)|%\w)$/
const isPlace = /^\/[\w./-]+$/

function hideValue(whole: string, ...rest: unknown[]): string {
  const { before = '', name: key = '', bond = '', value: said = '' } = groupsOf(rest)
  const plain = said.replace(/^["']|["']?[,;]?$/g, '')
  const isOfPlaces = /^(?:old)?pwd$/i.test(key) || (/private[_-]?key$/i.test(key) && /\.(?:key|pem)$/.test(plain))
  if (tellsNothing.test(plain) || isVariable.test(plain) || plain.startsWith(hidden) || (isOfPlaces && isPlace.test(plain))) return whole
  return `${before}${key}${bond}${hidden}`
}

function groupsOf(rest: readonly unknown[]): Record<string, string> {
  const last = rest.at(-1)
  return typeof last === 'object' && last !== null ? Object.fromEntries(Object.entries(last).map(([key, text]) => [key, String(text)])) : {}
}
