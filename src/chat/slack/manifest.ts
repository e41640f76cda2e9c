import type { Command } from '../../core/command.ts'
import { offeredOptions } from '../../core/options.ts'
import { clip } from './escape.ts'

/** Their ids in the manifest, and in what Slack delivers. */
export const messageShortcut = 'jailops_message'
export const globalShortcut = 'jailops_global'

/** Always there; commands that have no slash command of their own are said after it: `/jailops help`. */
export const mainCommand = 'jailops'

/** Too general for a workspace where other apps live. */
const belowMain = new Set(['help', 'whoami'])

/** What the adapter calls, by the scope that allows it. */
export const scopes = ['app_mentions:read', 'chat:write', 'commands', 'files:write', 'im:write', 'usergroups:read', 'users:read'] as const

export interface ManifestOptions {
  commands: readonly Command[]
  /** The bot's name: jailops. */
  name?: string
  /** Where Slack delivers to by signed HTTP; without it by Socket Mode. */
  requestUrl?: string
}

/** The app manifest that makes exactly the commands, scopes and events that the adapter uses. Paste it at api.slack.com/apps. */
export function slackManifest({ commands, name = 'jailops', requestUrl }: ManifestOptions) {
  const url = requestUrl === undefined ? {} : { url: requestUrl }
  return {
    display_information: { name, description: 'Runs FreeBSD jails: exact plans, approvals, one live card' },
    features: {
      bot_user: { display_name: name, always_online: true },
      slash_commands: slashCommands(commands).map((command) => ({ ...command, ...url, should_escape: false })),
      shortcuts: [
        { name: 'Run a jailops command', type: 'global', callback_id: globalShortcut, description: 'Choose a command and fill in a form' },
        {
          name: 'Run a jailops command',
          type: 'message',
          callback_id: messageShortcut,
          description: 'Choose a command; its card goes to this thread',
        },
      ],
    },
    oauth_config: { scopes: { bot: [...scopes] } },
    settings: {
      event_subscriptions: { bot_events: ['app_mention'], ...(requestUrl !== undefined && { request_url: requestUrl }) },
      interactivity: {
        is_enabled: true,
        ...(requestUrl !== undefined && { request_url: requestUrl, message_menu_options_url: requestUrl }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: requestUrl === undefined,
      token_rotation_enabled: false,
    },
  }
}

/** The first words that are slash commands, without the slash. */
export function slashWords(commands: readonly Command[]): string[] {
  const words = new Set(commands.map(({ path }) => path.split(' ')[0] ?? ''))
  return [...[...words].filter((word) => !belowMain.has(word)), mainCommand]
}

function slashCommands(commands: readonly Command[]): { command: string; description: string; usage_hint: string }[] {
  return slashWords(commands).map((word) => {
    const own = commands.filter(({ path }) => path === word || path.startsWith(`${word} `))
    if (word === mainCommand) {
      return { command: `/${word}`, description: 'Choose a command and fill in a form', usage_hint: '[help | whoami | any command]' }
    }
    return {
      command: `/${word}`,
      description: clip(own.map(({ summary }) => summary).join('; '), 2000),
      usage_hint: clip(own.map((command) => usageOf(command, word)).join(' | '), 1000),
    }
  })
}

/** `create jail [ip]`. */
function usageOf(command: Command, word: string): string {
  const own = offeredOptions(command).filter(({ name }) => name in command.args.shape)
  const words = own.map(({ label, required }) => (required ? label : `[${label}]`))
  return [command.path.slice(word.length).trim(), ...words].filter(Boolean).join(' ')
}
