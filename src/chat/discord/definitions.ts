import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandGroupOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType as Kind,
  ApplicationCommandType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord-api-types/v10'
import type { Command } from '../../core/command.ts'
import { JailopsError } from '../../core/errors.ts'
import { offeredOptions, type Option } from '../../core/options.ts'
import { withoutHalf } from './escape.ts'

export type Definition = RESTPostAPIChatInputApplicationCommandsJSONBody

/** The command that takes a whole line, for phones and for habits. */
export const lineCommand = { name: 'jailops', option: 'say' } as const

const limits = { commands: 100, below: 25, options: 25, choices: 25, choice: 100, description: 100, characters: 8000 }
const namePattern = /^[-_a-z0-9]{1,32}$/

const lineDefinition: Definition = {
  type: ApplicationCommandType.ChatInput,
  name: lineCommand.name,
  description: 'Say a whole line, such as: jail create blog',
  options: [{ type: Kind.String, name: lineCommand.option, description: 'The line', required: true, autocomplete: true }],
}

/** The commands as Discord registers them for one server. @throws JailopsError config_error: what Discord would not take */
export function definitionsOf(commands: readonly Command[]): Definition[] {
  const tops = [...Map.groupBy(commands, ({ path }) => wordsOf(path)[0] ?? '')].flatMap(([name, group]) => topsOf(name, group))
  if (tops.length >= limits.commands) refuse(tops.at(-1)?.name ?? '', `is one too many: Discord takes ${limits.commands}, with /jailops`)
  return [...tops, lineDefinition]
}

/** The words that a command's registered name stands for: `jail-snapshot` is `jail snapshot`. No word of ours has a hyphen. */
export function wordsOfName(name: string): string[] {
  return name.split('-')
}

/**
 * One command for each first word. Where that is more than Discord takes, its commands of three words become commands of their own:
 * `/jail-snapshot create` instead of `/jail snapshot create`.
 */
function topsOf(name: string, group: readonly Command[]): Definition[] {
  if (name === lineCommand.name) refuse(name, 'is the name of the command that takes a whole line')
  if (fits(name, group)) return [definitionOf(name, group, (longer) => branchesOf(name, longer))]
  const short = group.filter((command) => !isLong(command))
  const apart = Map.groupBy(group.filter(isLong), ({ path }) => wordsOf(path)[1] ?? '')
  if (short.some(({ path }) => path === name || apart.has(wordsOf(path)[1] ?? ''))) branchesOf(name, group)
  return [
    ...(short.length === 0 ? [] : [definitionOf(name, short, (longer) => branchesOf(name, longer))]),
    ...Array.from(apart, ([word, longer]) => {
      const path = `${name} ${word}`
      return { ...definitionOf(path, longer, (leaves) => leavesOf(path, leaves)), name: wordsOf(path).join('-') }
    }),
  ]
}

function isLong({ path }: Command): boolean {
  return wordsOf(path).length === 3
}

function fits(name: string, group: readonly Command[]): boolean {
  const isNarrow = new Set(group.map(({ path }) => wordsOf(path)[1])).size <= limits.below
  return isNarrow && charactersOf(levelOf(name, group, (longer) => branchesOf(name, longer))) <= limits.characters
}

function definitionOf(path: string, group: readonly Command[], branch: (longer: readonly Command[]) => Branch[]): Definition {
  const definition: Definition = { type: ApplicationCommandType.ChatInput, ...levelOf(path, group, branch) }
  const characters = charactersOf(definition)
  if (characters > limits.characters)
    refuse(path, `is too long: ${characters} characters of names and descriptions, not ${limits.characters}`)
  return definition
}

interface Level<Below> {
  name: string
  description: string
  options: Below | APIApplicationCommandBasicOption[]
}

/** A word is a command itself, or the beginning of others. */
function levelOf<Below>(path: string, group: readonly Command[], branch: (longer: readonly Command[]) => Below): Level<Below> {
  const [command, ...others] = group
  const name = wordsOf(path).at(-1) ?? ''
  if (!namePattern.test(name)) refuse(path, 'is no name for Discord: 1 to 32 lower-case letters')
  if (command === undefined || command.path !== path) {
    return {
      name,
      description: described(`${path}: ${group.map((one) => one.path.slice(path.length + 1)).join(', ')}`),
      options: branch(group),
    }
  }
  if (others.length > 0) refuse(path, 'is a command and also the beginning of others')
  return { name, description: described(command.summary), options: optionsOf(command) }
}

type Branch = APIApplicationCommandSubcommandOption | APIApplicationCommandSubcommandGroupOption

function branchesOf(path: string, commands: readonly Command[]): Branch[] {
  return below(path, commands).map(([name, group]): Branch => {
    const inner = `${path} ${name}`
    const isGroup = group.every((command) => command.path !== inner)
    if (!isGroup) return leafOf(inner, group)
    return { type: Kind.SubcommandGroup, ...levelOf(inner, group, () => []), options: leavesOf(inner, group) }
  })
}

function leavesOf(path: string, group: readonly Command[]): APIApplicationCommandSubcommandOption[] {
  return below(path, group).map(([leaf, one]) => leafOf(`${path} ${leaf}`, one))
}

function leafOf(path: string, group: readonly Command[]): APIApplicationCommandSubcommandOption {
  return { type: Kind.Subcommand, ...levelOf<APIApplicationCommandBasicOption[]>(path, group, () => refuse(path, 'has too many words')) }
}

/** By the word that follows. */
function below(path: string, commands: readonly Command[]): [string, Command[]][] {
  const groups = [...Map.groupBy(commands, (command) => wordsOf(command.path)[wordsOf(path).length] ?? '')]
  if (groups.some(([name]) => name === '')) refuse(path, 'is a command and also the beginning of others')
  if (groups.length > limits.below) refuse(path, `has ${groups.length} commands below it; Discord takes ${limits.below}`)
  return groups
}

function optionsOf(command: Command): APIApplicationCommandBasicOption[] {
  const options = offeredOptions(command)
  if (options.length > limits.options) refuse(command.path, `has ${options.length} options; Discord takes ${limits.options}`)
  const wrong = options.find(({ label }) => !namePattern.test(label))
  if (wrong !== undefined)
    refuse(command.path, `has an option ${wrong.label}: Discord takes 1 to 32 lower-case letters, digits and hyphens`)
  if (new Set(options.map(({ label }) => label)).size < options.length) refuse(command.path, 'has two options of one name')
  return options.toSorted((a, b) => Number(b.required) - Number(a.required)).map(optionOf)
}

function optionOf({ label, description, required, type, choices }: Option): APIApplicationCommandBasicOption {
  const base = { name: label, description: described(description || label), required }
  if (type === 'boolean') return { type: Kind.Boolean, ...base }
  const areChoices =
    choices.length > 0 && choices.length <= limits.choices && choices.every((one) => one !== '' && one.length <= limits.choice)
  if (type === 'integer' || type === 'number') {
    const numeric = { ...base, ...(areChoices && { choices: choices.map((choice) => ({ name: choice, value: Number(choice) })) }) }
    return type === 'integer' ? { type: Kind.Integer, ...numeric } : { type: Kind.Number, ...numeric }
  }
  if (areChoices) return { type: Kind.String, ...base, choices: choices.map((choice) => ({ name: choice, value: choice })) }
  return { type: Kind.String, ...base, autocomplete: true }
}

/** 1 to 100 characters. */
function described(text: string): string {
  const plain = text.toWellFormed().replace(/\s+/g, ' ').trim() || '–'
  return plain.length > limits.description ? `${withoutHalf(plain.slice(0, limits.description - 1))}…` : plain
}

interface Counted {
  name: string
  description?: string
  options?: readonly Counted[] | undefined
  choices?: readonly { name: string; value: string | number }[] | undefined
}

/** What Discord counts: names, descriptions and values, of everything within too. */
function charactersOf({ name, description = '', options = [], choices = [] }: Counted): number {
  const values = choices.map((choice) => choice.name.length + String(choice.value).length)
  return [name.length + description.length, ...options.map(charactersOf), ...values].reduce((sum, one) => sum + one, 0)
}

function wordsOf(path: string): string[] {
  return path.split(' ')
}

function refuse(path: string, problem: string): never {
  throw new JailopsError('config_error', `Discord cannot have the command /${path}: it ${problem}.`)
}
