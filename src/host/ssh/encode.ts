const needsEncoding = /[^A-Za-z0-9_./:=,@%+-]/

/** One word of a request's line, as the agent's `decode` reads it: `=` and the text, other bytes as `\0ooo` (octal) for printf's %b. */
function encodeWord(text: string): string {
  if (!needsEncoding.test(text)) return `=${text}`
  let encoded = '='
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte)
    encoded += needsEncoding.test(character) ? String.raw`\0${byte.toString(8).padStart(3, '0')}` : character
  }
  return encoded
}

/** One line, by which nothing happens until its line break has arrived. */
export function encodeLine(words: readonly string[]): string {
  return `${words.map(encodeWord).join(' ')}\n`
}
