import type {
  APIApplicationCommand,
  APIEmbed,
  APIInteractionResponse,
  APIMessageTopLevelComponent,
  GatewayDispatchPayload,
} from 'discord-api-types/v10'
import type { Route } from './routes.ts'

export type { Route } from './routes.ts'

/** Every number of Discord's that a test may want to change. Milliseconds where a name ends in Ms. */
export interface DiscordLimits {
  /** An interaction's first response after this is 10062. */
  responseMs: number
  /** An interaction's token is 50027 after this, by the injected clock. */
  tokenMs: number
  heartbeatIntervalMs: number
  /** A second message with the same enforced nonce within this answers with the first. */
  nonceMs: number
  identifiesADay: number
  commandCreatesADay: number
  /** Privileged intents that the application was granted (bits); others are close code 4014. */
  privilegedIntents: number
  /** Discord's own rates: 5 messages in 5 s a channel, 50 requests a second in all (interaction callbacks exempt). */
  rates: boolean
  /** What is remembered: the oldest go first. */
  keptMessagesPerChannel: number
  keptFileBytesPerChannel: number
  keptCalls: number
  keptInteractions: number
}

export interface DiscordServerOptions {
  /** 0, the default, takes a free one. */
  port?: number
  /** Milliseconds since 1970; moves token lifetimes, nonces and daily counts, not the 3 s that a person waits. */
  now?: () => number
  limits?: Partial<DiscordLimits>
  /** Ids of what is there at the start; they must be snowflakes. */
  ids?: { application?: string; guild?: string }
  token?: string
  guildName?: string
}

/** A Discord on loopback with one guild and one bot. */
export interface DiscordServer {
  /** For `new Client({ rest: { api } })`. */
  readonly apiUrl: string
  readonly origin: string
  /** The bot token; anything else is 401. */
  readonly token: string
  readonly applicationId: string
  readonly botUserId: string
  readonly guildId: string

  /** Ids must be snowflakes (digits); without one, a new one is made. Each returns the id. */
  addUser(user: NewUser): string
  addRole(role: { id?: string; name: string; permissions?: bigint }): string
  addChannel(channel: NewChannel): string
  /** Adds the member, or gives an existing one these roles from now on. */
  addMember(member: { user: string; roles?: readonly string[]; nick?: string }): void

  /** What a person does in their own Discord client. */
  as(user: string): Person
  /** The guild's commands as stored. */
  commands(): APIApplicationCommand[]
  /** How often commands were registered. */
  registrations(): { bulk: number; single: number }
  /** What this person sees, oldest first, in one channel or in all: ordinary messages, and ephemeral ones to them. */
  seenBy(user: string, channel?: string): SeenMessage[]
  /** The modals now open before this person, newest last. */
  modals(user: string): SeenModal[]
  /** What really pinged somebody, oldest first. Counts mentions inside code too, where Discord's own clients differ. */
  mentions(): Mention[]
  /** The direct channel of the bot and this person, if one was opened. */
  directChannel(user: string): string | undefined
  /** REST calls, oldest first (the last `keptCalls`). */
  calls(route?: Route): RestCall[]
  /** 401, 403 and 429 answers; 10,000 in 10 minutes would ban the address. */
  invalidRequests(): number
  /** Behind the application's back. */
  deleteMessage(channel: string, message: string): void
  /** Turns what the bot may do in a channel. */
  setChannel(channel: string, may: { botMayView?: boolean; botMaySend?: boolean }): void

  readonly faults: Faults
  readonly gateway: GatewayControl
  /** Everything a page needs to show, as plain JSON. */
  snapshot(): Snapshot
  /** @returns stops listening */
  onChange(listener: () => void): () => void
  stop(): Promise<void>
}

export interface NewUser {
  id?: string
  name: string
  globalName?: string
  bot?: boolean
  /** A bot's direct message to them is 50007. */
  directMessagesClosed?: boolean
}

export interface NewChannel {
  id?: string
  name: string
  kind?: 'text' | 'thread'
  /** The channel of a thread. */
  parent?: string
  /** Without it: 50001 Missing Access. Default true. */
  botMayView?: boolean
  /** Without it: 50013 Missing Permissions. Default true. */
  botMaySend?: boolean
}

export interface Person {
  /**
   * Sends a slash command as its registered definition allows. Path is "jail create": the command, then group and subcommand.
   * @throws ClientRefusal where Discord's client would not have sent it: no such command, a missing option, a wrong type
   */
  slash(path: string, options: CommandOptions, where: Where): Promise<Delivered>
  /** Types into one option, and waits for the choices. `options` are the other ones filled in so far. */
  autocomplete(path: string, options: CommandOptions, focused: { name: string; typed: string }, where: Where): Promise<Completions>
  /** Presses a button, of the newest message that has it unless `message` says which. */
  press(button: Where & { message?: string } & ({ customId: string } | { label: string })): Promise<Delivered>
  /** Chooses values of a string select menu. */
  choose(menu: Where & { message?: string; customId: string; values: readonly string[] }): Promise<Delivered>
  /** Submits an open modal; fields left out keep what they were prefilled with. */
  submit(customId: string, values: Record<string, string | readonly string[]>, options?: { delivery?: string }): Promise<Delivered>
  /** Closes an open modal: the application never hears of it. */
  dismiss(customId: string): void
  /** Writes an ordinary message. @returns its id */
  say(channel: string, content: string): string
}

export type CommandOptions = Record<string, string | number | boolean>

export interface Where {
  channel: string
  /** The same name is the same interaction (id and token), dispatched once more. A snowflake is taken as the id itself. */
  delivery?: string
}

/** Why Discord's own client would not have sent this. */
export class ClientRefusal extends Error {
  override readonly name = 'ClientRefusal'
}

/** How the application took an interaction. Resolves at its first response, or when the time for that is over. */
export interface Delivered {
  interaction: string
  /** From the person's act to the application's response; undefined: "The application did not respond". */
  respondedInMs: number | undefined
  response: APIInteractionResponse | undefined
  /** The message it made or changed as it stands now, if there is one. */
  message(): SeenMessage | undefined
}

export type Completions = { choices: Choice[]; inMs: number } | { nothing: string }
export interface Choice {
  name: string
  value: string | number
}

export interface SeenMessage {
  channel: string
  id: string
  /** A user's id. */
  author: string
  content: string
  embeds: APIEmbed[]
  components: APIMessageTopLevelComponent[]
  files: { name: string; content: string }[]
  ephemeral: boolean
  /** Only the "is thinking" of a deferred reply so far. */
  thinking: boolean
  edited: boolean
  /** How often. */
  edits: number
  /** Milliseconds since 1970. */
  at: number
  interaction: string | undefined
}

export interface SeenModal {
  customId: string
  title: string
  channel: string
  fields: ModalField[]
}

export interface ModalField {
  customId: string
  label: string
  kind: 'short' | 'paragraph' | 'select'
  required: boolean
  minLength: number
  maxLength: number
  value: string
  placeholder: string
  /** Of a select. */
  choices: { label: string; value: string }[]
}

export type Mention = { channel: string; message: string } & ({ kind: 'everyone' | 'here' } | { kind: 'user' | 'role'; id: string })

export interface RestCall {
  method: string
  /** As in `Route`; of an unknown one, method and path. */
  route: string
  path: string
  body: unknown
  /** Names and sizes of what was uploaded. */
  files: { name: string; bytes: number }[]
  /** Milliseconds since 1970. */
  at: number
  /** 0 where the connection was cut instead. */
  status: number
  /** Discord's error code, of an error. */
  code?: number
}

export type Fault =
  | { rateLimited: { retryAfterSeconds: number; scope?: 'user' | 'global' | 'shared' } }
  | { status: number; code: number; message: string }
  /** Is this many milliseconds on its way; then does what was asked and answers. */
  | { hang: number }
  /** Does what was asked, then ends the connection without an answer: discord.js repeats the request after 'reset' only. */
  | { loseAnswer: true | 'reset' }

export interface Faults {
  /** The next `times` (1) requests of that route. Faults of one route happen in the order they were asked for. */
  next(route: Route | 'any', fault: Fault, options?: { times?: number }): void
  /** The next `times` (1) interactions reach the gateway this much after the person acted. */
  late(ms: number, options?: { times?: number }): void
  /** The next `times` (1) interactions are dispatched twice: at once, or again at the session's next resume. */
  twice(when?: 'at once' | 'after a resume', options?: { times?: number }): void
  /** Sends this dispatch as it is to every session, however wrong. */
  malformed(packet: { t: string; d: unknown }): void
  /** The next `times` (1) interactions get lost on the way to the application. */
  lost(options?: { times?: number }): void
  /** Forgets all that has not happened yet. */
  clear(): void
}

export interface GatewayControl {
  /** Open connections that have a session. */
  connections(): number
  identifies(): number
  resumes(): number
  /** The intents of the last identify. */
  intents(): number | undefined
  /** Dispatches an event to every session whose intents include it. */
  dispatch(packet: Pick<GatewayDispatchPayload, 't' | 'd'>): void
  /** Opcode 7: the client is to come back with a resume. */
  requestReconnect(): void
  /** Opcode 9. */
  invalidSession(resumable: boolean): void
  /** Cuts the TCP connection. */
  break(): void
  /** For example 4000, 4009 (resumable), 4004 (authentication failed), 4014 (disallowed intents). */
  close(code: number): void
  /** The next `times` (1) resumes are answered by opcode 9, not resumable. */
  refuseResume(options?: { times?: number }): void
  /** The next `times` (1) identifies are answered by this close code. */
  refuseIdentify(code: number, options?: { times?: number }): void
  /** From now on nobody gets heartbeat acks: connections look like zombies. */
  stopHeartbeatAcks(): void
  startHeartbeatAcks(): void
}

export interface Snapshot {
  guild: { id: string; name: string }
  bot: { id: string; name: string; online: boolean }
  users: { id: string; name: string; bot: boolean; roles: string[] }[]
  roles: { id: string; name: string }[]
  channels: { id: string; name: string; kind: 'text' | 'thread' | 'direct'; parent?: string; recipient?: string }[]
  /** By channel, oldest first; `to` is set where only that person sees it. */
  messages: (SeenMessage & { to?: string })[]
  modals: (SeenModal & { user: string })[]
  commands: APIApplicationCommand[]
}
