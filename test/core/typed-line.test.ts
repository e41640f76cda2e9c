import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import exec from '../../commands/jail/exec.ts'
import restart from '../../commands/jail/restart.ts'
import { argumentsFromWords, parseArguments } from '../../src/core/arguments.ts'
import { splitWords, typedWord } from '../../src/core/split-words.ts'
import { typedLine } from '../../src/core/typed-line.ts'

const lineOf = (command: typeof exec, text: string) => {
  const said = argumentsFromWords(command, splitWords(text))
  return typedLine(command, parseArguments(command, said).args, said)
}

describe('typedLine', () => {
  it('shows nothing that nobody said', () => {
    expect(lineOf(exec, 'blog command:id')).toBe('jail exec blog command:id')
    expect(lineOf(exec, 'blog command:id timeout:60')).toBe('jail exec blog command:id timeout:60')
  })

  it('never takes one argument for another', () => {
    expect(lineOf(restart, 'tag:web')).toBe('jail restart tag:web')
    expect(lineOf(restart, 'web')).toBe('jail restart web')
  })

  it('can be said again, and means the same', () => {
    const line = lineOf(exec, String.raw`blog sh -c "echo 'a  b' \"c\""`)
    expect(lineOf(exec, line.replace('jail exec ', ''))).toBe(line)
  })
})

it('a word that is typed is that word again', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(splitWords(words.map(typedWord).join(' '))).toEqual(words)
    }),
  )
})
