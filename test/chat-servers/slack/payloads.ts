import type {
  BlockAction,
  BlockSuggestion,
  EnvelopedEvent,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewClosedAction,
  ViewStateValue,
  ViewSubmitAction,
} from '@slack/bolt'
import type { AppMentionEvent } from '@slack/types'
import { stateOf, type Placed } from './form.ts'
import { viewOutput, type Screen } from './views.ts'
import { bot, team, teamOf, type Channel, type Message, type User } from './world.ts'

/** Slack's old way to prove itself, still in every payload; nobody should look at it. */
export const verificationToken = 'verification-token'

interface Common {
  user: User
  trigger: string
}

const ourTeam = { id: team.id, domain: team.domain }

export function slashCommand(options: Common & { command: string; text: string; channel: Channel; responseUrl: string }): SlashCommand {
  const { user, trigger, command, text, channel, responseUrl } = options
  return {
    token: verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: bot.appId,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: trigger,
  } satisfies SlashCommand
}

interface Action extends Common {
  placed: Placed
  /** Undefined for a button. */
  chosen?: ViewStateValue | undefined
  actionTs: string
}

export function messageAction(options: Action & { channel: Channel; message: Message; responseUrl: string }): BlockAction {
  const { user, trigger, channel, message, responseUrl } = options
  const isEphemeral = message.ephemeralTo !== undefined
  return {
    type: 'block_actions',
    user: userOf(user),
    api_app_id: bot.appId,
    token: verificationToken,
    container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: isEphemeral, ...threadOf(message) },
    trigger_id: trigger,
    team: ourTeam,
    channel: { id: channel.id, name: channelName(channel) },
    ...(!isEphemeral && { message: messageOf(message) }),
    state: { values: stateOf(message.blocks, chosenState(options)) },
    response_url: responseUrl,
    actions: [actionOf(options)],
  } satisfies BlockAction
}

/** Without response_url, as actions in views come. */
export function viewAction(options: Action & { screen: Screen }): Omit<BlockAction, 'response_url'> {
  const { user, trigger, screen } = options
  const view = viewOutput(screen)
  return {
    type: 'block_actions',
    user: userOf(user),
    api_app_id: bot.appId,
    token: verificationToken,
    container: { type: 'view', view_id: screen.id },
    trigger_id: trigger,
    team: ourTeam,
    view,
    actions: [actionOf(options)],
  } satisfies Omit<BlockAction, 'response_url'>
}

export function suggestion(options: {
  user: User
  placed: Placed
  typed: string
  on: Screen | { channel: Channel; message: Message }
}): BlockSuggestion {
  const { user, placed, typed, on } = options
  return {
    type: 'block_suggestion',
    user: userOf(user),
    api_app_id: bot.appId,
    token: verificationToken,
    team: ourTeam,
    action_id: placed.element.action_id,
    block_id: placed.blockId,
    value: typed,
    ...('message' in on
      ? {
          container: {
            type: 'message',
            message_ts: on.message.ts,
            channel_id: on.channel.id,
            is_ephemeral: on.message.ephemeralTo !== undefined,
          },
          channel: { id: on.channel.id, name: channelName(on.channel) },
          message: messageOf(on.message),
        }
      : { container: { type: 'view', view_id: on.id }, view: viewOutput(on) }),
  } satisfies BlockSuggestion
}

export function viewSubmission({ user, trigger, screen }: Common & { screen: Screen }): ViewSubmitAction {
  return {
    type: 'view_submission',
    team: ourTeam,
    user: userOf(user),
    api_app_id: bot.appId,
    token: verificationToken,
    trigger_id: trigger,
    view: viewOutput(screen),
    response_urls: [],
    is_enterprise_install: false,
  } satisfies ViewSubmitAction
}

export function viewClosed({ user, screen, isCleared }: { user: User; screen: Screen; isCleared: boolean }): ViewClosedAction {
  return {
    type: 'view_closed',
    team: ourTeam,
    user: userOf(user),
    api_app_id: bot.appId,
    token: verificationToken,
    view: viewOutput(screen),
    is_cleared: isCleared,
    is_enterprise_install: false,
  } satisfies ViewClosedAction
}

export function globalShortcut({ user, trigger, callbackId, actionTs }: Common & { callbackId: string; actionTs: string }): GlobalShortcut {
  return {
    type: 'shortcut',
    token: verificationToken,
    action_ts: actionTs,
    team: ourTeam,
    user: { id: user.id, username: user.name, team_id: teamOf(user) },
    is_enterprise_install: false,
    callback_id: callbackId,
    trigger_id: trigger,
  } satisfies GlobalShortcut
}

export function messageShortcut(
  options: Common & { callbackId: string; actionTs: string; channel: Channel; message: Message; responseUrl: string },
): MessageShortcut {
  const { user, trigger, callbackId, actionTs, channel, message, responseUrl } = options
  return {
    type: 'message_action',
    token: verificationToken,
    action_ts: actionTs,
    team: ourTeam,
    user: userOf(user),
    channel: { id: channel.id, name: channelName(channel) },
    is_enterprise_install: false,
    callback_id: callbackId,
    trigger_id: trigger,
    response_url: responseUrl,
    message_ts: message.ts,
    message: messageOf(message),
  } satisfies MessageShortcut
}

export function mentionEvent(user: User, message: Message, eventId: string): EnvelopedEvent<AppMentionEvent> {
  const { ts, text, channel } = message
  return {
    token: verificationToken,
    team_id: team.id,
    api_app_id: bot.appId,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(Number(ts)),
    is_ext_shared_channel: user.kind === 'stranger',
    authorizations: [{ enterprise_id: null, team_id: team.id, user_id: bot.userId, is_bot: true, is_enterprise_install: false }],
    event: { type: 'app_mention', user: user.id, ts, text, team: teamOf(user), channel, event_ts: ts, ...threadOf(message) },
  } satisfies EnvelopedEvent<AppMentionEvent>
}

/** A message as the API and payloads show it. */
export function messageOf(message: Message): { type: 'message'; user: string; ts: string; text: string } & Record<string, unknown> {
  const { user, ts, text, blocks, edited, files } = message
  const ours = user === bot.userId ? { bot_id: bot.botId, app_id: bot.appId } : {}
  return {
    type: 'message',
    user,
    ...ours,
    ts,
    text,
    team: team.id,
    ...threadOf(message),
    ...(blocks.length > 0 && { blocks }),
    ...(edited && { edited: { user, ts } }),
    ...(files.length > 0 && { files: files.map(({ id, name, title }) => ({ id, name, title })) }),
  }
}

function actionOf({ placed: { blockId, element }, chosen, actionTs }: Action): BlockAction['actions'][number] {
  const { action_id, type, text, value, url } = element
  const where = { action_id, block_id: blockId, type, action_ts: actionTs }
  if (chosen) return { ...where, ...chosen, type } as BlockAction['actions'][number]
  return { ...where, text, ...(value !== undefined && { value }), ...(url !== undefined && { url }) } as BlockAction['actions'][number]
}

function chosenState({ placed, chosen }: Action): Record<string, Record<string, ViewStateValue>> {
  return chosen ? { [placed.blockId]: { [placed.element.action_id]: chosen } } : {}
}

function threadOf({ threadTs }: Message): { thread_ts?: string } {
  return threadTs === undefined ? {} : { thread_ts: threadTs }
}

function channelName({ kind, name }: Channel): string {
  return kind === 'private' ? 'privategroup' : name
}

function userOf(user: User): { id: string; username: string; name: string; team_id: string } {
  return { id: user.id, username: user.name, name: user.name, team_id: teamOf(user) }
}
