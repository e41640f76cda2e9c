import {
  type APIApplicationCommand,
  type APIApplicationCommandInteractionDataBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIInteractionDataResolved,
  ApplicationCommandOptionType as Kind,
  ApplicationCommandType,
  type InteractionType,
} from 'discord-api-types/v10'
import type { BasicOption, Option } from './command-form.ts'
import { ClientRefusal, type CommandOptions } from './interface.ts'
import { channelPayload, memberPayload, rolePayload, userById } from './payloads.ts'
import { channelPermissions, memberPermissions } from './permissions.ts'
import type { World } from './world.ts'

export interface CommandInput {
  path: string
  options: CommandOptions
  /** The option that is being typed into; then nothing needs to be complete yet. */
  focused?: { name: string; typed: string }
}

type Basic = APIApplicationCommandInteractionDataBasicOption<
  InteractionType.ApplicationCommand | InteractionType.ApplicationCommandAutocomplete
>
export interface CommandData {
  id: string
  name: string
  type: ApplicationCommandType.ChatInput
  guild_id: string
  options?: APIApplicationCommandInteractionDataOption<
    InteractionType.ApplicationCommand | InteractionType.ApplicationCommandAutocomplete
  >[]
  resolved?: APIInteractionDataResolved
}

/**
 * What a person's client sends for a command: nested as the command is registered.
 * @throws ClientRefusal
 */
export function commandData(world: World, user: string, { path, options, focused }: CommandInput): CommandData {
  const [name = '', ...rest] = path.trim().split(/\s+/)
  const command = [...world.commands.values()].find((one) => one.name === name)
  if (!command) throw new ClientRefusal(`There is no command /${name}.`)
  refuseHidden(world, user, command)
  const resolved: Required<Pick<APIInteractionDataResolved, 'users' | 'members' | 'roles' | 'channels'>> = {
    users: {},
    members: {},
    roles: {},
    channels: {},
  }

  function level(known: readonly Option[], words: readonly string[]): unknown[] {
    const [word, ...others] = words
    if (word !== undefined) {
      const branch = known.find((one) => one.name === word)
      if (branch?.type !== Kind.Subcommand && branch?.type !== Kind.SubcommandGroup) throw new ClientRefusal(`There is no /${path}.`)
      return [{ name: branch.name, type: branch.type, options: level(branch.options ?? [], others) }]
    }
    const branches = known.filter(({ type }) => type === Kind.Subcommand || type === Kind.SubcommandGroup)
    if (branches.length > 0) throw new ClientRefusal(`/${path} needs one of: ${branches.map((one) => one.name).join(', ')}.`)
    return filledIn(known as BasicOption[])
  }

  function filledIn(known: readonly BasicOption[]): Basic[] {
    const given = [...Object.keys(options), ...(focused ? [focused.name] : [])]
    const unknown = given.find((one) => known.every((option) => option.name !== one))
    if (unknown !== undefined) throw new ClientRefusal(`/${path} has no option "${unknown}".`)
    const missing = focused ? undefined : known.find((option) => option.required && options[option.name] === undefined)
    if (missing) throw new ClientRefusal(`/${path} requires "${missing.name}".`)
    // In the order in which the person filled them in.
    return given.flatMap((one) => known.filter((option) => option.name === one).map(entryOf))
  }

  function entryOf(option: BasicOption): Basic {
    if (option.name !== focused?.name)
      return { name: option.name, type: option.type, value: checkedValue(option, options[option.name]) } as Basic
    if (!('autocomplete' in option) || option.autocomplete !== true)
      throw new ClientRefusal(`"${option.name}" does not complete what is typed.`)
    return { name: option.name, type: option.type, value: focused.typed, focused: true } as Basic
  }

  function checkedValue(option: BasicOption, value: string | number | boolean | undefined): string | number | boolean {
    const refuse = (why: string) => new ClientRefusal(`"${option.name}" ${why}.`)
    switch (option.type) {
      case Kind.String: {
        if (typeof value !== 'string') throw refuse('is a text')
        const chosen = ofChoices(option.choices, value)
        if (chosen === undefined) throw refuse('must be one of its choices')
        const { min_length: least = 0, max_length: most = 6000 } = option
        if (value.length < Number(least) || value.length > Number(most)) throw refuse(`has from ${least} to ${most} characters`)
        return chosen
      }
      case Kind.Integer:
      case Kind.Number: {
        const chosen = ofChoices(option.choices, value)
        if (typeof chosen !== 'number') throw refuse('is a number, of its choices if it has some')
        if (option.type === Kind.Integer && !Number.isSafeInteger(chosen)) throw refuse('is a whole number')
        const { min_value: least = -Infinity, max_value: most = Infinity } = option
        if (chosen < least || chosen > most) throw refuse(`is from ${least} to ${most}`)
        return chosen
      }
      case Kind.Boolean:
        if (typeof value !== 'boolean') throw refuse('is true or false')
        return value
      case Kind.User:
      case Kind.Role:
      case Kind.Channel:
      case Kind.Mentionable:
        if (typeof value !== 'string' || !resolve(option.type, value)) throw refuse('is nobody and nothing here')
        return value
      default:
        throw refuse('is of a kind that this server does not have')
    }
  }

  function resolve(kind: Kind, id: string): boolean {
    const role = kind === Kind.Role || kind === Kind.Mentionable ? world.roles.get(id) : undefined
    if (role) resolved.roles[id] = rolePayload(role, 1)
    const channel = kind === Kind.Channel ? world.channels.get(id) : undefined
    if (channel) resolved.channels[id] = { ...channelPayload(world, channel), permissions: channelPermissions(channel).toString() } as never
    const isPerson = (kind === Kind.User || kind === Kind.Mentionable) && world.users.has(id)
    if (isPerson) resolved.users[id] = userById(world, id)
    const member = isPerson ? world.members.get(id) : undefined
    if (member) resolved.members[id] = { ...memberPayload(world, member), permissions: memberPermissions(world, id).toString() }
    return Boolean(role ?? channel) || isPerson
  }

  const nested = level((command.options ?? []) as Option[], rest)
  const used = Object.entries(resolved).filter(([, entries]) => Object.keys(entries).length > 0)
  return {
    id: command.id,
    name: command.name,
    type: ApplicationCommandType.ChatInput,
    guild_id: world.guild.id,
    ...(nested.length > 0 && { options: nested as NonNullable<CommandData['options']> }),
    ...(used.length > 0 && { resolved: Object.fromEntries(used) as APIInteractionDataResolved }),
  }
}

/** Discord's clients do not show a command to those who lack its permissions. */
function refuseHidden(world: World, user: string, { name, default_member_permissions: needed }: APIApplicationCommand): void {
  if (needed === null || needed === undefined) return
  const bits = needed === '0' ? 8n : BigInt(needed)
  if ((memberPermissions(world, user) & bits) !== bits) throw new ClientRefusal(`/${name} is not shown to this person.`)
}

/** A person picks a choice by its name; a test may as well say its value. */
function ofChoices<Value extends string | number>(
  choices: readonly { name: string; value: Value }[] | undefined,
  value: string | number | boolean | undefined,
): Value | undefined {
  if (!choices || choices.length === 0) return value as Value
  return choices.find((choice) => choice.name === value || choice.value === value)?.value
}
