/** A value as jail(8) and jls(8) print it: quoted only when it must be. */
export function quoted(text: string): string {
  const quote = text.includes("'") ? '"' : text.includes('"') ? "'" : text === '' || /[ \\\t\n\r]/.test(text) ? '"' : ''
  return `${quote}${[...text].map((char) => (char === '\\' || (char === quote && quote !== '') ? `\\${char}` : char)).join('')}${quote}`
}
