import { readFile } from 'node:fs/promises'
import { DiscordAPIError, type REST, Routes } from 'discord.js'
import { z } from 'zod'
import { canonicalJson, sha256 } from '../../core/canonical.ts'
import type { Command } from '../../core/command.ts'
import { JailopsError } from '../../core/errors.ts'
import { replaceFile } from '../replace-file.ts'
import { createRest } from './api.ts'
import { definitionsOf } from './definitions.ts'
import { codes } from './refusals.ts'

export interface Registration {
  commands: readonly Command[]
  token: string
  guild: string
  apiUrl: string
  /** Keeps what was registered last. */
  registrationFile: string
  /** Also where nothing has changed. */
  force?: boolean
}

const registeredSchema = z.strictObject({ application: z.string(), guild: z.string(), hash: z.string() })
type Registered = z.infer<typeof registeredSchema>
const applicationSchema = z.looseObject({ id: z.string().regex(/^\d+$/) })

/** View Channels, Send Messages, in threads too, Embed Links, Attach Files; docs/discord.md has the same number and explains each. */
const permissions = 0x400n + 0x800n + 0x4000000000n + 0x4000n + 0x8000n

/**
 * Gives the server the commands, all at once, if they are others than last time.
 * @throws JailopsError config_error: what to do
 */
export async function registerCommands(options: Registration): Promise<{ changed: boolean; count: number }> {
  try {
    return await register(options)
  } catch (error) {
    if (error instanceof JailopsError) throw error
    const cause = error instanceof Error ? error.message : String(error)
    throw new JailopsError('config_error', `Discord cannot be reached at ${options.apiUrl}: ${cause}`, { cause: error })
  }
}

/** The same, with outages as they are. */
export async function register({ commands, token, guild, apiUrl, registrationFile, force = false }: Registration) {
  const definitions = definitionsOf(commands)
  const rest = createRest(token, apiUrl, { retries: 1 })
  try {
    const application = await applicationOf(rest)
    const registered = { application, guild, hash: sha256(canonicalJson(definitions)) }
    const count = definitions.length
    if (!force && canonicalJson(await lastRegistered(registrationFile)) === canonicalJson(registered)) return { changed: false, count }
    await rest.put(Routes.applicationGuildCommands(application, guild), { body: definitions }).catch((error: unknown) => {
      throw refusalOf(error, application, guild)
    })
    await replaceFile(registrationFile, `${JSON.stringify(registered)}\n`)
    return { changed: true, count }
  } finally {
    rest.clearHandlerSweeper()
    rest.clearHashSweeper()
  }
}

async function applicationOf(rest: REST): Promise<string> {
  try {
    return applicationSchema.parse(await rest.get(Routes.currentApplication())).id
  } catch (error) {
    if (error instanceof DiscordAPIError && error.status === 401) throw tokenRefused(error)
    throw error
  }
}

export function tokenRefused(cause?: unknown): JailopsError {
  const sentence =
    'Discord does not accept the bot’s token. Copy it anew from discord.com/developers (your application → Bot → Reset Token) to bot.discord.token.'
  return new JailopsError('config_error', sentence, { cause })
}

function refusalOf(error: unknown, application: string, guild: string): unknown {
  if (!(error instanceof DiscordAPIError)) return error
  if (error.code === codes.missingAccess || error.code === codes.unknownGuild) {
    const link = `https://discord.com/oauth2/authorize?client_id=${application}&scope=bot%20applications.commands&permissions=${permissions}&guild_id=${guild}`
    return new JailopsError('config_error', `The bot may have no commands in the server ${guild}. Invite it (anew) with ${link}`, {
      cause: error,
    })
  }
  return new JailopsError('config_error', `Discord does not take the commands: ${error.message}`, { cause: error })
}

/** null where nothing is known: then it is registered once more, which does no harm. */
async function lastRegistered(file: string): Promise<Registered | null> {
  try {
    return registeredSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}
