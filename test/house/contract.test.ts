import { describe, expect, it } from 'vitest'
import { type Definition, definitionsOf } from '../../src/chat/discord/definitions.ts'
import { approvePermission } from '../../src/core/policy.ts'
import { offeredOptions } from '../../src/core/options.ts'
import { type CommandFile, loadCommands } from './commands.ts'

/* The limits of the platforms, held against every definition in commands/. While the folder is empty there is nothing to hold. */

const files = await loadCommands()
const commands = files.map(({ command }) => command)
const tops = Map.groupBy(commands, ({ path }) => path.split(' ')[0] ?? '')
const each = files.map((entry): [string, CommandFile] => [entry.command.path, entry])

const discord = { commands: 100, below: 25, options: 25, choices: 25, name: 32, description: 100, choice: 100, characters: 8000 }
const slack = { commands: 50, name: 32, usageHint: 1000, choice: 75, choices: 100, blocks: 100 }

describe('commands', () => {
  it('no two have the same words', () => {
    expect(new Set(commands.map(({ path }) => path)).size).toBe(commands.length)
  })

  it('none is the beginning of another: a platform has either subcommands or a command', () => {
    const paths = commands.map(({ path }) => path)
    expect(paths.filter((path) => paths.some((other) => other.startsWith(`${path} `)))).toEqual([])
  })

  it('there are not more than Discord and Slack take', () => {
    expect(tops.size).toBeLessThanOrEqual(Math.min(discord.commands, slack.commands))
  })
})

describe.each(each)('%s', (path, { file, command }) => {
  const options = offeredOptions(command).map(({ label, ...option }) => ({ ...option, name: label }))

  it('lies where its words say', () => {
    expect(file).toBe(`commands/${path.replaceAll(' ', '/')}.ts`)
  })

  it('has a permission that its words suggest', () => {
    expect([path.replaceAll(' ', '.'), approvePermission]).toContain(command.permission)
  })

  it('fits Discord', () => {
    expect(path.split(' ').filter((word) => word.length > discord.name)).toEqual([])
    expect(command.summary.length).toBeLessThanOrEqual(discord.description)
    expect(options.length).toBeLessThanOrEqual(discord.options)
    expect(options.filter(({ name }) => !/^[-_a-z0-9]{1,32}$/.test(name))).toEqual([])
    expect(options.filter(({ description }) => description.length > discord.description)).toEqual([])
    expect(options.filter(({ choices }) => choices.length > discord.choices || choices.some((one) => one.length > discord.choice))).toEqual(
      [],
    )
  })

  it('fits Slack', () => {
    expect(`/${path.split(' ')[0]}`.length).toBeLessThanOrEqual(slack.name)
    expect((command.example ?? '').length).toBeLessThanOrEqual(slack.usageHint)
    expect(options.length).toBeLessThanOrEqual(slack.blocks)
    expect(options.filter(({ choices }) => choices.length > slack.choices || choices.some((one) => one.length > slack.choice))).toEqual([])
  })

  it('says only of arguments that it has what they name', () => {
    expect(Object.keys(command.names ?? {}).filter((name) => !(name in command.args.shape))).toEqual([])
  })

  it('says of each of its own options what it is', () => {
    expect(options.filter(({ description }) => description === '')).toEqual([])
  })
})

describe.each(definitionsOf(commands).map((definition): [string, Definition] => [definition.name, definition]))('/%s', (_, definition) => {
  it('has no more than 25 subcommands a level', () => {
    expect(levelsOf(definition).filter((level) => level.length > discord.below)).toEqual([])
  })

  it('has no more than 8000 characters in all', () => {
    expect(characters(definition)).toBeLessThanOrEqual(discord.characters)
  })
})

interface Named {
  name: string
  description?: string
  options?: readonly Named[] | undefined
  choices?: readonly { name: string; value: string | number }[] | undefined
}

/** All lists of what can follow a word. */
function levelsOf({ options = [] }: Named): (readonly Named[])[] {
  return [options, ...options.flatMap(levelsOf)]
}

/** What Discord counts: names, descriptions and values, of the options and their choices too (a choice has its name and its value). */
function characters({ name, description = '', options = [], choices = [] }: Named): number {
  const values = choices.map((choice) => `${choice.name}${choice.value}`.length)
  return [name.length + description.length, ...options.map(characters), ...values].reduce((sum, one) => sum + one, 0)
}
