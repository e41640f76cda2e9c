import type { ViewOutput, ViewStateValue } from '@slack/bolt'
import type { KnownBlock, Option } from '@slack/types'

export type Ids<Name extends string> = { readonly [name in Name]: string }

export interface SlackServerOptions {
  /** 0, the default, takes a free one. */
  port?: number
  /** Unix time in milliseconds: ages triggers, response URLs and rate limits, and makes the message ids. */
  now?(): number
  delays?: Partial<SlackDelays>
  limits?: Partial<SlackLimits>
  /** What the bot token may do: by default `defaultScopes`. */
  scopes?: readonly string[]
}

/** All in milliseconds, real time. */
export interface SlackDelays {
  /** How long the app has for its acknowledgement: 3000. */
  acknowledge: number
  /** When an event that was not acknowledged comes again: 0, 60_000, 300_000. */
  eventRetries: readonly number[]
  /** Between two WebSocket pings to the app: 5000. */
  ping: number
}

/** How much is kept, and how often the app may call. */
export interface SlackLimits {
  /** 500; those not changed for longest make room. The bot may still edit and delete them, as Slack would let it. */
  messagesPerChannel: number
  /** 2000 */
  calls: number
  /** Calls beyond a rate are answered 429. None by default; `publishedRates` are those of Slack's documentation. */
  rates: Readonly<Record<string, Rate>>
}

export interface Rate {
  calls: number
  seconds: number
  /** Counted for each channel of its own. */
  each?: 'channel'
}

/** A stranger belongs to another workspace and meets ours in a shared channel (Slack Connect). */
export type UserKind = 'member' | 'guest' | 'single-channel guest' | 'stranger' | 'bot' | 'deleted'

export interface UserSpec {
  id: string
  /** The handle, without @. */
  name: string
  realName?: string
  kind?: UserKind
}

export interface UserGroupSpec {
  id: string
  handle: string
  users: readonly string[]
  disabled?: boolean
}

export interface ChannelSpec {
  id: string
  name: string
  members: readonly string[]
  isPrivate?: boolean
  isArchived?: boolean
  /** True by default. */
  botIsMember?: boolean
}

/**
 * How the app took what a person did. What is not acknowledged comes again as Slack does it: events after `eventRetries`;
 * over Socket Mode also everything whose connection closed meanwhile, over another connection. Slash commands and interactions
 * that time out do not.
 */
export interface Delivered {
  /** Undefined where the app did not, or not in time. */
  acknowledgedInMs: number | undefined
  /** What came with the acknowledgement; undefined where nothing did. */
  payload: unknown
  /**
   * What the person is told went wrong: operation_timeout (not in 3 s), dispatch_failed (no socket, or a status that is not 200),
   * not_supported_in_threads, field_required and field_invalid (the form is not sent), invalid_response (an acknowledgement Slack cannot use).
   */
  error?: string
}

export interface DeliveryOptions {
  /**
   * The envelope_id; the trigger_id is `trigger.` and the event_id `Ev` and this. The same one twice is the same delivery again,
   * though with times and a response_url of its own; `faults.twice` repeats to the letter.
   */
  delivery?: string
}

export interface MessagePlace {
  channel: string
  ts: string
}

/** A button by its action_id or by what stands on it; exactly one must be there. */
export type ButtonName = { actionId: string; label?: never } | { label: string; actionId?: never }

/** Where a select stands: in a message, or in an open modal. */
export type SelectPlace = (MessagePlace & { viewId?: never }) | { viewId: string; channel?: never; ts?: never }

/** What was typed or chosen for one element: a text, an option's value, several values, or the whole state value. */
export type Filled = string | readonly string[] | ViewStateValue

/** By block_id, then by action_id. */
export type FilledValues = Record<string, Record<string, Filled>>

/** What one person does. Doing what Slack would not let this person do (a button not on the screen) throws. */
export interface SlackPerson {
  slash(command: string, text: string, options: { channel: string; thread?: string } & DeliveryOptions): Promise<Delivered>
  press(options: MessagePlace & ButtonName & DeliveryOptions): Promise<Delivered>
  /** Presses a button inside an open modal. */
  pressInView(options: { viewId: string } & ButtonName & DeliveryOptions): Promise<Delivered>
  /** In a modal the app hears it only from a section, an actions block, or an input with dispatch_action; else only the form changes. */
  choose(options: SelectPlace & { actionId: string; value: Filled } & DeliveryOptions): Promise<Delivered>
  /** Types into an external_select: below its min_query_length (3 by default) Slack asks nobody and offers nothing. */
  suggest(options: SelectPlace & { actionId: string; typed: string } & DeliveryOptions): Promise<{ options: Option[]; error?: string }>
  /** Values stand over what was chosen before and what the view began with. */
  submit(viewId: string, values?: FilledValues, options?: DeliveryOptions): Promise<Delivered>
  /** The app hears it only where the view has notify_on_close. */
  close(viewId: string, options?: DeliveryOptions): Promise<Delivered>
  /** Says something that mentions the bot; `<@BOT>` is put before the text where it has none. */
  mention(options: { channel: string; text: string; thread?: string } & DeliveryOptions): Promise<Delivered>
  /** A global shortcut, or with a message a message shortcut. */
  shortcut(callbackId: string, options?: { message?: MessagePlace } & DeliveryOptions): Promise<Delivered>
  /** Says something that the app is not told. @returns its ts */
  say(channel: string, text: string, thread?: string): string
}

export interface SeenFile {
  id: string
  name: string
  title: string
  content: string
}

export interface SeenMessage extends MessagePlace {
  /** Who wrote it. */
  user: string
  threadTs?: string
  /** Only this person sees it. */
  ephemeralTo?: string
  text: string
  blocks: KnownBlock[]
  files: SeenFile[]
  edited: boolean
  /** Live mentions in it, such as `<!channel>` or `<@U1>`: what an unescaped text may do. */
  notifies: string[]
}

export interface OpenView {
  id: string
  user: string
  view: ViewOutput
  /** What a response_action `errors` says now, by block_id. */
  errors: Record<string, string>
}

export interface RecordedCall {
  /** A Web API method, `response_url` or `upload`. */
  method: string
  args: Record<string, unknown>
  /** Unix time in milliseconds. */
  at: number
  /** `ok`, or Slack's word for the error. */
  answered: string
}

export type Fault =
  | { rateLimited: number }
  | { error: string; needed?: string; provided?: string }
  | { status: number }
  /** Answers truly, this many milliseconds later. */
  | { hang: number }
  /** Does it, then cuts the connection. */
  | { loseAnswer: true }

export interface SlackFaults {
  /** For the next calls of a method (or `response_url`, `upload`, or `*` for all). */
  next(method: string, fault: Fault, options?: { times?: number }): void
  /** Every delivery waits this many milliseconds before it is sent; the person's 3 seconds run already. */
  late(ms: number): void
  /** Every delivery is sent a second time at once: on another connection if there is one, marked as a retry. */
  twice(on?: boolean): void
  expireToken(): void
  revokeScope(scope: string): void
  /** No fault is left; token and scopes are as they were. */
  clear(): void
}

/** Everything a page needs to show this Slack; plain JSON. */
export interface SlackSnapshot {
  team: Ids<'id' | 'domain' | 'name'>
  bot: Ids<'userId' | 'botId' | 'appId' | 'name'>
  users: { id: string; name: string; realName: string; kind: UserKind }[]
  userGroups: { id: string; handle: string; users: string[] }[]
  /** `with` is the person of a direct message. */
  channels: {
    id: string
    name: string
    kind: 'public' | 'private' | 'direct'
    members: string[]
    isArchived: boolean
    botIsMember: boolean
    with?: string
  }[]
  /** Of all channels, by ts. */
  messages: SeenMessage[]
  /** Open modals, each person's topmost last. */
  views: OpenView[]
  homes: OpenView[]
  sockets: number
}

/** A Slack on loopback, for @slack/bolt and its like, unmodified: give them `apiUrl` as slackApiUrl. */
export interface SlackServer {
  /** http://127.0.0.1:PORT/api/ */
  readonly apiUrl: string
  readonly origin: string
  readonly tokens: Ids<'bot' | 'app'>
  readonly signingSecret: string
  readonly team: Ids<'id' | 'domain' | 'name'>
  readonly bot: Ids<'userId' | 'botId' | 'appId' | 'name'>

  addUser(user: UserSpec): void
  addUserGroup(group: UserGroupSpec): void
  /** Adds it, or changes it where it is there. */
  addChannel(channel: ChannelSpec): void

  as(user: string): SlackPerson
  /** What this person sees now, by ts: messages of their channels and direct messages, and what only they are shown. */
  seenBy(user: string, channel?: string): SeenMessage[]
  /** The person's open modals, the topmost last. */
  views(user: string): OpenView[]
  home(user: string): OpenView | undefined
  /** The newest calls, oldest first. */
  calls(method?: string): RecordedCall[]
  /** How many calls of each method there were since the start. */
  counts(): Record<string, number>
  /** Takes a message away behind the app's back. */
  deleteMessage(channel: string, ts: string): void

  readonly faults: SlackFaults
  /** WebSockets open now. */
  readonly sockets: number
  /**
   * What Slack sends every few hours: a `disconnect` message to the oldest `count` connections (all by default),
   * which are closed `closeAfterMs` (50) later; `warning` only warns.
   */
  disconnectSockets(reason: 'refresh_requested' | 'warning' | 'link_disabled', options?: { count?: number; closeAfterMs?: number }): void
  /** Cuts every connection without a word. */
  breakSockets(): void
  /** Refuses the next WebSockets with 503. */
  refuseConnections(times: number): void
  /** From now on deliveries go there, signed; undefined: to Socket Mode again. A wrong secret makes a forger of this Slack. */
  setRequestUrl(url: string | undefined, options?: { signingSecret?: string }): void
  /** Where deliveries go; undefined in Socket Mode. */
  readonly requestUrl: string | undefined
  /** Asks the request URL the way Slack does when it is entered. @returns whether it echoed the challenge */
  verifyRequestUrl(): Promise<boolean>

  snapshot(): SlackSnapshot
  /** Called after every change of what anybody sees. @returns stops it */
  onChange(listener: () => void): () => void
  stop(): Promise<void>
}
