import { wordsOfLine } from './words.ts'

export interface Directive {
  words: string[]
  isPlain: boolean
  /** In the text: where its line begins, and where the next one does. */
  at: number
  end: number
  /** From 1, as people count lines. */
  number: number
}

export interface Section {
  kind: string
  name: string
  /** The defaults that it names. */
  from?: string
  head: Directive
  /** What is said in it, without empty lines and comments. */
  directives: Directive[]
  /** Where the line after its last directive begins. */
  end: number
}

export interface ReadConfiguration {
  sections: Section[]
  /** Lines that HAProxy itself cannot read, or that make parts of the file depend on something (`.if`). */
  strange: Directive[]
}

/** Each begins a section wherever it stands first in a line; HAProxy minds no indentation. */
const sectionKinds = new Set(
  (
    'global defaults frontend backend listen peers resolvers userlist mailers cache program ' +
    'http-errors ring log-forward fcgi-app crt-store traces acme log-profile'
  ).split(' '),
)

export function readConfiguration(text: string): ReadConfiguration {
  const sections: Section[] = []
  const strange: Directive[] = []
  let number = 0
  for (const [at, end] of lineBounds(text)) {
    number += 1
    const { words, isPlain, isBroken } = wordsOfLine(text.slice(at, end))
    const [first, name = '', ...rest] = words
    if (first === undefined && !isBroken) continue
    const directive = { words, isPlain, at, end, number }
    if (isBroken || first === undefined || first.startsWith('.')) strange.push(directive)
    else if (sectionKinds.has(first)) {
      const from = rest[0] === 'from' ? rest[1] : undefined
      sections.push({ kind: first, name, ...(from !== undefined && { from }), head: directive, directives: [], end })
    } else {
      const section = sections.at(-1)
      section?.directives.push(directive)
      if (section !== undefined) section.end = end
    }
  }
  return { sections, strange }
}

/** With the line's end, whatever it is; the last line may have none. */
function* lineBounds(text: string): Generator<[number, number]> {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline + 1
    yield [at, end]
    at = end
  }
}
