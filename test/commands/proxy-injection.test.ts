import { array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import add from '../../commands/proxy/add.ts'
import { parseArguments } from '../../src/core/arguments.ts'
import { optionsOf } from '../../src/core/options.ts'
import { allowedSource, redirectTarget, siteUser } from '../../src/core/site-setting-words.ts'
import { sitePath, sitePlace } from '../../src/core/site-words.ts'
import { checkMapWords } from '../../src/host/proxy/maps.ts'
import { refusal } from '../core/refusal.ts'
import { loadCommands } from '../house/commands.ts'
import { said } from '../host/every-change.ts'
import { jail, planOf, readyProxy } from './say.ts'

/* What was tried against configuration, map and socket, in every word that /proxy takes. */

/** Accepted by `haproxy -c` where it was pasted into a template; further commands on the socket; further lines of a map. */
const hostile = [
  'blog.example.com } || { always_true',
  'blog.example.com } or { src 0.0.0.0/0',
  'blog.example.com other.example.com',
  'blog.example.com\nevil.example.com jail_blog',
  'blog.example.com\r\nevil.example.com jail_blog',
  'blog.example.com; disable server jail_blog/s',
  'blog.example.com;disable server jail_blog/s',
  '-f /etc/passwd',
  '"$HOME"',
  '$HOME',
  '%[env(HOME)]',
  'blog.example.com#',
  '# blog.example.com',
  "blog.example.com'",
  'blog.example.com\\ x',
  'blog.example.com\u0000',
  '<<\nadd map x y\n\n',
  'a|b',
  'a..b/../../etc',
  '`id`',
]

const commands = (await loadCommands()).map(({ command }) => command).filter(({ path }) => path.startsWith('proxy '))
/** Compared with what there is, and never written anywhere. */
const onlyCompared = new Set(['proxy list owner'])
const words = commands.flatMap((command) =>
  optionsOf(command)
    .filter(({ name, type, choices }) => name in command.args.shape && type === 'string' && choices.length === 0)
    .filter(({ name }) => !onlyCompared.has(`${command.path} ${name}`))
    .map(({ name }) => [`${command.path} ${name}`, command, name] as const),
)

describe('words with which more was meant', () => {
  it('are tried in all that /proxy takes', () => {
    expect(words.length).toBeGreaterThan(25)
  })

  it.each(words)('are refused: %s', (_, command, name) => {
    const others = said[command.path] ?? {}
    const passed = hostile.filter((word) => {
      try {
        parseArguments(command, { ...others, [name]: word })
        return true
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad_argument' })
        return false
      }
    })
    expect(passed).toEqual([])
  })

  it('whoever somebody is called, it is one word of one line', () => {
    const plan = planOf(
      add,
      { site: 'blog.example.com' },
      { jails: [jail()], proxy: readyProxy },
      { person: 'bo\nevil.example.com jail_blog; #' },
    )
    const owner = plan.steps.map(({ action }) => action).find((action) => action.kind === 'map-entry')
    expect(owner).toMatchObject({ value: 'bo%0Aevil.example.com%20jail_blog%3B%20%23' })
  })

  it('a jail of others with a name that could mean more is never a target', () => {
    const odd = jail({ name: 'x\nbackend none', ours: false })
    expect(refusal(() => planOf(add, { site: 'new.example.com', jail: odd.name }, { jails: [odd], proxy: readyProxy })).code).toBe(
      'bad_argument',
    )
  })
})

describe('whatever is said', () => {
  const pieces = oneof(
    constantFrom(
      'blog',
      '.',
      'example.com',
      '*.',
      'https://',
      '/',
      'app',
      '10.0.0.1',
      '/24',
      '-',
      ' ',
      '\n',
      ';',
      '#',
      '%',
      '$',
      '"',
      '|',
      'ü',
      'xn--',
      '..',
      '0',
    ),
    string({ maxLength: 2, unit: 'grapheme' }),
  )
  const sayings = (good: string) =>
    tuple(constantFrom('', good), array(pieces, { maxLength: 6 })).map(([first, parts]) => first + parts.join(''))
  const schemas: [string, string, z.ZodType<string>, (word: string) => [string, string | null]][] = [
    ['a site', 'blog.example.com/app', sitePlace, (word) => [word, 'jail_blog']],
    ['a path', '/app', sitePath, (word) => [`blog.example.com${word}/`, 'jail_blog']],
    ['a redirect', 'https://www.example.com/x', redirectTarget, (word) => ['blog.example.com', word]],
    ['who may come', '10.0.0.1', allowedSource, (word) => [`blog.example.com|${word}`, '1']],
    ['a user', 'ana', siteUser, (word) => ['blog.example.com', `blog.example.com/${word}`]],
  ]

  it.each(schemas)('%s that passes may stand in a map, and means itself', (_, good, schema, entry) => {
    let passed = 0
    assert(
      property(sayings(good), (saying) => {
        const read = schema.safeParse(saying)
        if (!read.success) return
        passed += 1
        expect(read.data).toMatch(/^[\u0021-\u007E]+$/)
        expect(schema.parse(read.data)).toBe(read.data)
        checkMapWords(...entry(read.data))
      }),
      { numRuns: 3000 },
    )
    expect(passed).toBeGreaterThan(0)
  })
})
