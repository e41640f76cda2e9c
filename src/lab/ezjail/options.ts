import { fail } from './failure.ts'

export interface Options {
  has(letter: string): boolean
  value(letter: string): string
  operands: string[]
}

/** getopts of sh(1): `withValue` and `flags` name the letters; any other is answered with the usage. */
export function parseOptions(args: string[], flags: string, withValue: string, usage: string): Options {
  const seen = new Map<string, string>()
  let at = 0
  for (; at < args.length && /^-./.test(args[at] ?? ''); at++) {
    const word = args[at] ?? ''
    if (word === '--') {
      at++
      break
    }
    for (let place = 1; place < word.length; place++) {
      const letter = word.charAt(place)
      if (withValue.includes(letter)) {
        seen.set(letter, word.slice(place + 1) || (args[++at] ?? fail(usage)))
        break
      }
      if (!flags.includes(letter)) fail(usage)
      seen.set(letter, '')
    }
  }
  return { has: (letter) => seen.has(letter), value: (letter) => seen.get(letter) ?? '', operands: args.slice(at) }
}
