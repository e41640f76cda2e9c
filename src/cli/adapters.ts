import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChatAdapter, Place } from '../chat/adapter.ts'
import type { Config } from '../config/schema.ts'
import type { Command } from '../core/command.ts'
import { JailopsError } from '../core/errors.ts'
import type { Runtime } from './runtime.ts'

export interface AdapterParts {
  runtime: Runtime
  commands: readonly Command[]
  onProblem(platform: string): (what: string, details: Record<string, unknown>) => void
}

/** The chats that are configured. Only those are loaded: every library costs memory and a slower start. */
export async function adaptersOf({ runtime, commands, onProblem }: AdapterParts): Promise<ChatAdapter[]> {
  const { config, demoPeople } = runtime
  const { web, shell, slack, discord } = config.bot
  const folder = join(config.state, 'run')
  await mkdir(folder, { recursive: true })
  const people = Object.entries(web?.people ?? {}).map(([id, person]) => ({ id, ...person }))
  const adapters: ChatAdapter[] = []
  if (web !== undefined && !demoPeople) {
    throw new JailopsError(
      'config_error',
      'bot.web is for the demo only: whoever opens the page chooses who to be. Take it out of jailops.yaml.',
    )
  }
  if (web !== undefined) {
    const { createWebAdapter } = await import('../chat/web/web.ts')
    adapters.push(createWebAdapter({ port: web.port, people, historyFile: join(config.state, 'web-history.json'), now: Date.now }))
  }
  if (shell.enabled) {
    const { createShellAdapter } = await import('../chat/shell/shell.ts')
    adapters.push(
      createShellAdapter({
        socketPath: shell.socket ?? join(folder, 'shell.sock'),
        pointerFile: join(config.state, 'shell.json'),
        proofFolder: join(folder, 'proof'),
        ...(demoPeople && { demoPeople: people }),
        now: Date.now,
      }),
    )
  }
  if (slack !== undefined) {
    const { createSlackAdapter } = await import('../chat/slack/slack.ts')
    const policyGroups = groupsOf(config, 'slack')
    const { appToken, signingSecret, listen, ...rest } = slack
    const inlet = {
      ...(appToken !== undefined && { appToken }),
      ...(signingSecret !== undefined && { signingSecret }),
      ...(listen !== undefined && { listen }),
    }
    adapters.push(createSlackAdapter({ ...rest, ...inlet, commands, policyGroups, now: Date.now, onProblem: onProblem('slack') }))
  }
  if (discord !== undefined) {
    const { createDiscordAdapter } = await import('../chat/discord/discord.ts')
    const registrationFile = registrationFileOf(config)
    adapters.push(createDiscordAdapter({ ...discord, commands, registrationFile, now: Date.now, onProblem: onProblem('discord') }))
  }
  return adapters
}

/** Where it is kept which commands Discord was told. */
export function registrationFileOf({ state }: Config): string {
  return join(state, 'discord-commands.json')
}

/** The platform's groups that the policy names; the others are nobody's business. */
function groupsOf({ policy }: Config, platform: string): string[] {
  const prefix = `${platform}:group:`
  const members = Object.values(policy.roles).flatMap((role) => role.members)
  return [...new Set(members.filter((member) => member.startsWith(prefix)).map((member) => member.slice(prefix.length)))]
}

/** `slack:C1` → `discord:2`; what is said in a thread is mirrored into the channel itself. */
export function mirrorsFrom(mirrors: Config['bot']['mirrors']): (place: Place) => Place[] {
  return ({ platform, channel }) => mirrors.filter(({ from }) => from === `${platform}:${channel}`).map(({ to }) => placeOf(to))
}

/** `slack:C1`, as jailops.yaml writes it. */
export function placeOf(address: string): Place {
  const colon = address.indexOf(':')
  return { platform: address.slice(0, colon), channel: address.slice(colon + 1) }
}
