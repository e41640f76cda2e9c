// Control characters (a terminal obeys them) and those that turn the direction of the text around.
// oxlint-disable-next-line no-control-regex -- finding them is the point
const dangerous = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/gu

/** One line of text that a terminal only shows and never obeys. */
export function visible(text: string): string {
  return text.replace(dangerous, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

/** The same for text of several lines, without its last newline. */
export function visibleLines(text: string): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => visible(line.replaceAll('\t', '    ')))
}
