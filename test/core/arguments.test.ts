import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { argumentsFromWords, findCommand, parseArguments, shown } from '../../src/core/arguments.ts'
import { splitWords } from '../../src/core/split-words.ts'
import { defineCommand } from '../../src/core/command.ts'
import { optionsOf } from '../../src/core/options.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { nothingToDo } from '../../src/core/plan.ts'
import { refusal } from './refusal.ts'

const create = defineCommand({
  path: 'jail create',
  summary: 'Create a jail',
  permission: 'jail.create',
  risk: 'change',
  needs: [],
  example: 'jail create blog',
  args: z.object({
    name: z.string().regex(/^[a-z]+$/, 'has lower-case letters only'),
    ip: z.string().optional(),
    startNow: z.boolean().default(true),
    count: z.int().max(9).optional(),
  }),
  plan: () => nothingToDo('nothing'),
})
const named = (path: string) => ({ ...create, path })
const parse = (line: string) => parseArguments(create, argumentsFromWords(create, splitWords(line)))

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  a   b\tc\n', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    ["'a b' c", ['a b', 'c']],
    ['“a b” „c d“ ‘e f’', ['a b', 'c d', 'e f']],
    [String.raw`a\ b \"`, ['a b', '"']],
    [String.raw`"a \"b\" \\ c"`, [String.raw`a "b" \ c`]],
    [String.raw`'C:\dir'`, [String.raw`C:\dir`]],
    ['""', ['']],
    ['a""b', ['ab']],
    ['$(reboot) `x` $HOME *', ['$(reboot)', '`x`', '$HOME', '*']],
    ['a\\', ['a\\']],
  ])('splits %j', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })

  it.each(['"a', "it's", 'a “b'])('says that a quote is missing in %j', (text) => {
    expect(refusal(() => splitWords(text))).toMatchObject({ code: 'usage', message: expect.stringContaining('missing') })
  })

  it('throws nothing but a JailopsError, whatever it is given', () => {
    const odd = fc.string({ unit: fc.constantFrom('"', "'", '“', '”', '„', '‘', '’', '\\', ' ', '\n', 'a', '💥', '\uD800') })
    fc.assert(
      fc.property(fc.oneof(odd, fc.string({ unit: 'binary' })), (text) => {
        try {
          splitWords(text)
        } catch (error) {
          expect(error).toBeInstanceOf(JailopsError)
        }
      }),
    )
  })

  it.each([
    ['double quotes', (word: string) => `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"`],
    ['single quotes', (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`],
  ])('gives back words in %s', (_, quote) => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(splitWords(words.map(quote).join(' '))).toEqual(words)
      }),
    )
  })
})

describe('findCommand', () => {
  const commands = ['help', 'jail create', 'jail list', 'jail snapshot create'].map(named)

  it.each([
    ['help', 'help', []],
    ['help jail', 'help', ['jail']],
    ['JAIL Create Blog', 'jail create', ['Blog']],
    ['jail snapshot create x', 'jail snapshot create', ['x']],
  ])('finds %j', (line, path, rest) => {
    const found = findCommand(commands, line.split(' '))
    expect([found.command.path, found.rest]).toEqual([path, rest])
  })

  it.each([
    ['jail craete', 'Did you mean jail create?'],
    ['JAIL CRAETE', 'Did you mean jail create?'],
    ['jail bogus', 'After jail comes one of: create, list'],
    ['JAIL bogus', 'After jail comes one of: create, list'],
    ['', '(nothing)'],
    ['a\u202Eb', 'a b'],
  ])('helps with %j', (line, hint) => {
    const words = line === '' ? [] : line.split(' ')
    expect(refusal(() => findCommand(commands, words))).toMatchObject({ code: 'unknown_command', message: expect.stringContaining(hint) })
  })
})

describe('arguments from words', () => {
  it.each(['blog ip:10.0.0.5', 'blog ip=10.0.0.5', 'blog --ip 10.0.0.5', 'blog --ip=10.0.0.5', '--ip 10.0.0.5 blog', 'name:blog 10.0.0.5'])(
    'reads %j',
    (line) => {
      expect(parse(line)).toEqual({ args: { name: 'blog', ip: '10.0.0.5', startNow: true }, dryRun: false })
    },
  )

  it.each(['--dry-run blog', 'blog dry-run:yes', 'blog dryRun=TRUE', 'blog --dry-run=1', 'blog --dry-run'])(
    'reads the flag in %j',
    (line) => {
      expect(parse(line)).toMatchObject({ args: { name: 'blog' }, dryRun: true })
    },
  )

  it.each([
    ['blog start-now:no', false],
    ['blog --start-now', true],
    ['blog --startNow=off', false],
  ])('reads the boolean in %j', (line, startNow) => {
    expect(parse(line).args).toMatchObject({ startNow })
  })

  it.each([
    ['blog 1.2.3.4 2 nginx', 'nginx'],
    ['blog 1 2', undefined],
    ['blog nginx -t', 'nginx -t'],
    ['blog nginx', 'nginx'],
    ['blog env A=b count=3 --ip 4 name', 'env A=b count=3 --ip 4 name'],
    ['blog "nginx -t"', 'nginx -t'],
    ['blog sh -c "a b"', 'sh -c "a b"'],
    ['blog run count:3 it', 'run it'],
  ])('gives what takes the rest all words that are left: %j', (line, rest) => {
    const command = { ...create, rest: 'ip' }
    expect(argumentsFromWords(command, splitWords(line))).toMatchObject(
      rest === undefined ? { ip: '1 2' } : { ip: expect.stringContaining(rest) },
    )
  })

  it.each(['blog rsync --dry-run', 'blog dry-run:yes rsync', 'blog rsync dryRun=yes'])('%j is a dry run', (line) => {
    expect(parseArguments(create, argumentsFromWords({ ...create, rest: 'ip' }, splitWords(line))).dryRun).toBe(true)
  })

  it('keeps host apart from the command’s own arguments', () => {
    expect(parse('blog host:web1 count:3')).toEqual({ args: { name: 'blog', count: 3, startNow: true }, host: 'web1', dryRun: false })
    expect(parse('blog until:18:00')).toEqual({ args: { name: 'blog', startNow: true }, until: '18:00', dryRun: false })
  })

  it.each([
    ['blog name:other', 'usage', 'name is given twice'],
    ['blog --ip 1 ip:2', 'usage', 'ip is given twice'],
    ['blog --ipp 1', 'usage', 'Did you mean ip?'],
    ['blog pi:1', 'usage', 'Did you mean ip?'],
    ['blog colour:red', 'usage', 'It takes: name, ip, start-now, count, host, dry-run, until'],
    ['blog constructor:x', 'usage', 'no option constructor'],
    ['blog --ip', 'usage', '--ip needs a value'],
    ['a b c 4 five', 'usage', 'five is one word too many'],
    ['ip:10.0.0.5', 'missing_argument', 'jail create needs name. For example: /jail create blog'],
    ['', 'missing_argument', 'needs name'],
    ['BLOG', 'bad_argument', 'name BLOG: has lower-case letters only.'],
    ['-rf', 'bad_argument', 'name -rf'],
    ['blog count:ten', 'bad_argument', 'count ten'],
    ['blog count:1e1', 'bad_argument', 'count 1e1'],
    ['blog count:10', 'bad_argument', 'count 10'],
    ['blog start-now:perhaps', 'bad_argument', 'startNow perhaps'],
  ])('refuses %j', (line, code, sentence) => {
    expect(refusal(() => parse(line))).toMatchObject({ code, message: expect.stringContaining(sentence) })
  })

  it('throws nothing but a JailopsError, whatever is typed', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        try {
          parseArguments(create, argumentsFromWords(create, words))
        } catch (error) {
          expect(error).toBeInstanceOf(JailopsError)
        }
      }),
    )
  })
})

describe('parseArguments', () => {
  it('takes typed options as they are', () => {
    expect(parseArguments(create, { name: 'blog', count: 2, startNow: false, dryRun: true })).toEqual({
      args: { name: 'blog', count: 2, startNow: false },
      dryRun: true,
    })
  })

  it.each([
    [{ name: 'blog', nmae: 'x' }, 'usage', 'Did you mean name?'],
    [{ name: 7 }, 'bad_argument', 'name 7'],
    [{}, 'missing_argument', 'name'],
  ])('refuses %j', (given, code, sentence) => {
    expect(refusal(() => parseArguments(create, given))).toMatchObject({ code, message: expect.stringContaining(sentence) })
  })

  it('says a rule about several arguments as the rule says it', () => {
    const paired = {
      ...create,
      args: z.object({ from: z.string(), to: z.string() }).refine(({ from, to }) => from !== to, 'from and to are the same'),
    }
    expect(refusal(() => parseArguments(paired, { from: 'a', to: 'a' }))).toMatchObject({
      code: 'bad_argument',
      message: 'from and to are the same.',
    })
  })

  it('knows the kind of every argument', () => {
    expect(Object.fromEntries(optionsOf(create).map(({ name, type }) => [name, type]))).toEqual({
      name: 'string',
      ip: 'string',
      startNow: 'boolean',
      count: 'integer',
      host: 'string',
      dryRun: 'boolean',
      until: 'string',
    })
  })
})

describe('shown', () => {
  it.each([
    ['a\u202Eb\u0000c\nd', 'a b c d'],
    [' blog ', 'blog'],
  ])('cleans %j', (text, clean) => {
    expect(shown(text)).toBe(clean)
  })

  it('is short, and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '💥'), minLength: 25, maxLength: 100, size: 'max' }), (text) => {
        expect(shown(text).isWellFormed()).toBe(true)
        expect(shown(text).length).toBeLessThanOrEqual(60)
      }),
    )
  })
})
