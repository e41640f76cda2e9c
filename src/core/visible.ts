/** What a stranger wrote, in one line: whatever is invisible, breaks lines or turns their direction is written out. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}`]/gu, (character) => {
    const code = character.codePointAt(0)?.toString(16) ?? ''
    return `\\u{${code}}`
  })
}
