import { readFileSync } from 'node:fs'
import { ApplicationCommandOptionType as Kind } from 'discord-api-types/v10'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { definitionsOf } from '../../src/chat/discord/definitions.ts'
import { registerCommands } from '../../src/chat/discord/register.ts'
import { defineCommand, type Command } from '../../src/core/command.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { commandFormSchema } from '../chat-servers/discord/command-form.ts'
import { loadCommands } from '../house/commands.ts'
import { startTown } from './discord-harness.ts'

function command(path: string, args: z.ZodObject = z.object({}), summary = 'Does something'): Command {
  return defineCommand({ path, summary, permission: 'some.thing', risk: 'bot', args, answer: async () => ({ title: 'done' }) })
}

async function town(): Promise<Awaited<ReturnType<typeof startTown>>> {
  const started = await startTown()
  onTestFinished(() => started.close())
  return started
}

describe('definitions', () => {
  test('Discord takes all commands of the house', async () => {
    const definitions = definitionsOf((await loadCommands()).map((one) => one.command))
    for (const definition of definitions) commandFormSchema.parse(definition)
    expect(definitions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['jail', 'proxy', 'host', 'job', 'approve', 'deny', 'jailops']),
    )
  })

  test('words become subcommands and groups, arguments typed options, what is required first', () => {
    const args = z.object({
      size: z.enum(['small', 'large']).optional().describe('how large'),
      startNow: z.boolean().optional().describe('start it too'),
      count: z.int().optional().describe('how many'),
      ratio: z.number().optional().describe('how much'),
      jail: z.string().describe('which'),
    })
    const [definition] = definitionsOf([command('jail create', args), command('jail net add'), command('jail net remove')])
    expect(definition?.options).toMatchObject([
      {
        type: Kind.Subcommand,
        name: 'create',
        options: [
          { type: Kind.String, name: 'jail', required: true, autocomplete: true },
          {
            type: Kind.String,
            name: 'size',
            choices: [
              { name: 'small', value: 'small' },
              { name: 'large', value: 'large' },
            ],
          },
          { type: Kind.Boolean, name: 'start-now' },
          { type: Kind.Integer, name: 'count' },
          { type: Kind.Number, name: 'ratio' },
        ],
      },
      {
        type: Kind.SubcommandGroup,
        name: 'net',
        options: [
          { type: Kind.Subcommand, name: 'add' },
          { type: Kind.Subcommand, name: 'remove' },
        ],
      },
    ])
  })

  const verbs = (count: number) =>
    Array.from({ length: count }, (_, index) => command(`jail v${'abcdefghijklmnopqrstuvwxyz'.charAt(index)}`))
  const groups = [command('jail net add'), command('jail net remove'), command('jail pkg install')]
  const wordy = z.object(
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${'b'.repeat(index)}`, z.string().optional().describe('x'.repeat(99))])),
  )

  test.each([
    ['25 words below are groups', [...verbs(23), ...groups], ['jail', 'jailops']],
    ['more than that are commands of their own', [...verbs(24), ...groups], ['jail', 'jail-net', 'jail-pkg', 'jailops']],
    [
      'so are more characters than Discord takes',
      [command('jail a', wordy), command('jail b', wordy), command('jail c', wordy), command('jail net add', wordy)],
      ['jail', 'jail-net', 'jailops'],
    ],
    [
      'also where there is nothing but groups',
      ['a', 'b', 'c', 'd'].map((word) => command(`jail ${word} add`, wordy)),
      ['jail-a', 'jail-b', 'jail-c', 'jail-d', 'jailops'],
    ],
  ])('three words: %s', (_, commands, names) => {
    expect(definitionsOf(commands).map(({ name }) => name)).toEqual(names)
    for (const definition of definitionsOf(commands)) commandFormSchema.parse(definition)
  })

  test('a group of its own has its verbs as subcommands', () => {
    const [, net] = definitionsOf([...verbs(24), ...groups])
    expect(net).toMatchObject({
      name: 'jail-net',
      description: 'jail net: add, remove',
      options: [
        { type: Kind.Subcommand, name: 'add' },
        { type: Kind.Subcommand, name: 'remove' },
      ],
    })
  })

  test.each([
    ['26 verbs', verbs(26), '/jail: it has 26 commands below it'],
    ['a verb that is also a group', [...verbs(25), command('jail va add')], 'also the beginning of others'],
    ['a word that is also a command', [command('jail'), ...verbs(25)], 'also the beginning of others'],
  ])('%s are refused', (_, commands, words) => {
    expect(() => definitionsOf(commands)).toThrow(words)
  })

  test('more choices than Discord takes are completed instead', () => {
    const many = z.object({ one: z.enum(Array.from({ length: 26 }, (_, index) => `c${index}`)).describe('many') })
    expect(definitionsOf([command('pick', many)])[0]?.options).toMatchObject([{ name: 'one', autocomplete: true }])
  })

  test.each([
    ['jail', [command('jail'), command('jail create')]],
    ['jailops', [command('jailops')]],
    [
      'many',
      [
        command(
          'many',
          z.object(
            Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`a${'b'.repeat(index)}`, z.string().optional().describe('x')])),
          ),
        ),
      ],
    ],
    [
      'long',
      [
        command(
          'long',
          z.object(
            Object.fromEntries(
              Array.from({ length: 20 }, (_, index) => [
                `a${'b'.repeat(index)}`,
                z.enum(Array.from({ length: 25 }, (__, choice) => `${choice}${'c'.repeat(20)}`)).describe('x'),
              ]),
            ),
          ),
        ),
      ],
    ],
    [`w${'o'.repeat(40)}`, [command(`w${'o'.repeat(40)}`)]],
  ])('/%s is refused by its name', (name, commands) => {
    expect(() => definitionsOf(commands)).toThrow(
      expect.objectContaining({ code: 'config_error', message: expect.stringContaining(`/${name}`) }),
    )
  })

  test('whatever the commands are, Discord takes the definitions or they are refused by name', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/)
    const kinds = [z.string(), z.boolean(), z.int(), z.number(), z.enum(['a', 'b']), z.enum([]), z.enum(['', 'x'.repeat(120)])]
    const argument = fc.record({
      name: fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,35}$/),
      kind: fc.nat({ max: kinds.length - 1 }),
      text: fc.string({ maxLength: 150 }),
      optional: fc.boolean(),
    })
    const arbitrary = fc
      .record({
        words: fc.array(word, { minLength: 1, maxLength: 3 }),
        args: fc.array(argument, { maxLength: 28 }),
        summary: fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }),
      })
      .map(({ words, args, summary }) => {
        const shape = args.map(({ name, kind, text, optional }) => {
          const schema = (kinds[kind] ?? z.string()).describe(text)
          return [name, optional ? schema.optional() : schema] as const
        })
        return command(words.join(' '), z.object(Object.fromEntries(shape)), summary)
      })
    fc.assert(
      fc.property(fc.uniqueArray(arbitrary, { maxLength: 40, selector: ({ path }) => path }), (commands) => {
        try {
          for (const definition of definitionsOf(commands)) commandFormSchema.parse(definition)
        } catch (error) {
          if (!(error instanceof JailopsError)) throw error
          expect(error.message).toMatch(/\/[a-z]/)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('registration', () => {
  test('is one call for all, and none where nothing has changed', async () => {
    const { server, options } = await town()
    expect(await registerCommands(options)).toEqual({ changed: true, count: 6 })
    expect(await registerCommands(options)).toEqual({ changed: false, count: 6 })
    expect(server.registrations()).toEqual({ bulk: 1, single: 0 })
    expect(await registerCommands({ ...options, force: true })).toMatchObject({ changed: true })
    expect(await registerCommands({ ...options, commands: options.commands.slice(1) })).toMatchObject({ changed: true })
    expect(server.registrations().bulk).toBe(3)
    expect(JSON.parse(readFileSync(options.registrationFile, 'utf8'))).toMatchObject({
      application: server.applicationId,
      guild: server.guildId,
    })
  })

  test('without the right to have commands it says how to invite the bot', async () => {
    const { server, options } = await town()
    server.faults.next('PUT /applications/:application/guilds/:guild/commands', { status: 403, code: 50001, message: 'Missing Access' })
    const link = new RegExp(`client_id=${server.applicationId}.*scope=bot%20applications.commands.*guild_id=${server.guildId}`)
    await expect(registerCommands(options)).rejects.toMatchObject({ code: 'config_error', message: expect.stringMatching(link) })
    expect(await registerCommands(options)).toMatchObject({ changed: true })
  })

  test('a wrong token and a Discord that is not there are sentences', async () => {
    const { options } = await town()
    await expect(registerCommands({ ...options, token: 'no' })).rejects.toMatchObject({
      code: 'config_error',
      message: expect.stringContaining('token'),
    })
    const apiUrl = 'http://127.0.0.1:1/api'
    await expect(registerCommands({ ...options, apiUrl })).rejects.toMatchObject({
      code: 'config_error',
      message: expect.stringContaining(apiUrl),
    })
  })
})
