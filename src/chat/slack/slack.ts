import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from '../../core/command.ts'
import type { Clock } from '../../core/clock.ts'
import { JailopsError } from '../../core/errors.ts'
import type { ChatAdapter, Door } from '../adapter.ts'
import { createOutbox } from '../outbox.ts'
import { createActing } from './acting.ts'
import { createDelivery } from './delivery.ts'
import { createClients, createLogger, type OnProblem, withoutTokens } from './clients.ts'
import { createDialogs } from './dialogs.ts'
import { judge } from './errors.ts'
import { createHearing } from './hearing.ts'
import { createHttp, type Listen } from './http.ts'
import { createIdentity } from './identity.ts'
import type { Inlet } from './inlet.ts'
import { createPosting } from './posting.ts'
import { renderAnswer } from './render.ts'
import { createSelf, neededScopes } from './self.ts'
import { createSockets, type SocketTimings, socketTimings } from './sockets.ts'
import { uploadFiles } from './uploading.ts'
import { createWhispering } from './whispering.ts'

export interface SlackOptions {
  commands: readonly Command[]
  /** xoxb-… */
  botToken: string
  /** xapp-…: Socket Mode. Without it `signingSecret` and `listen` are needed. */
  appToken?: string
  signingSecret?: string
  listen?: Listen
  apiUrl: string
  /** Ids of the user groups that the policy names. */
  policyGroups: readonly string[]
  now: Clock
  onProblem: OnProblem
  timings?: Partial<SlackTimings>
}

/** In milliseconds. */
export interface SlackTimings extends SocketTimings {
  /** Between two calls for one channel: Slack likes about one message a second. */
  spacing: number
  /** How long start() waits for a Slack that does not answer, before it goes on trying behind. */
  starting: number
  /** How long a rate limit or an outage is waited out until it is said who somebody is. */
  identity: number
}

const usualTimings: SlackTimings = { ...socketTimings, spacing: 1000, starting: 10_000, identity: 8000 }

/** Slack as a home of jailops, by Socket Mode or by signed HTTP. */
export function createSlackAdapter(options: SlackOptions): ChatAdapter & { url(): string | undefined } {
  const { commands, botToken, apiUrl, policyGroups, now } = options
  const timings = { ...usualTimings, ...options.timings }
  const onProblem: OnProblem = (what, details) => {
    if (!stopped) options.onProblem(what, details)
  }
  const logger = createLogger(onProblem)
  const clients = createClients({ botToken, apiUrl, logger })
  const self = createSelf({ client: clients.people, scopes: neededScopes(policyGroups), onProblem })
  const identity = createIdentity({
    client: clients.people,
    team: async () => (await self.known()).team,
    policyGroups,
    now,
    onProblem,
    patienceMilliseconds: timings.identity,
  })
  const outbox = createOutbox({ spacingMilliseconds: timings.spacing, judge })
  const upload = (channel: string, files: Parameters<typeof uploadFiles>[2]) =>
    outbox.send(channel, () => uploadFiles(clients, { channel }, files))
  const whispering = createWhispering({ clients, now, onProblem, upload })
  const posting = createPosting({ clients, outbox, whispering, onProblem })
  let inlet: (Inlet & { url?: () => string | undefined }) | undefined
  let stopped = false

  function behind(work: Promise<unknown>): void {
    work.catch((error: unknown) => onProblem('something behind an acknowledgement failed', { error: withoutTokens(String(error)) }))
  }

  function inletFor(door: Door): Inlet & { url?: () => string | undefined } {
    const dialogs = createDialogs({ clients, identity, whispering, commands, door, onProblem })
    const shared = { door, commands, dialogs, whispering, behind, onProblem }
    const hearing = createHearing({ ...shared, botUser: self.user })
    const acting = createActing({ ...shared, identity })
    const deliver = createDelivery({ hearing, acting, botToken, logger, options: clients.options, onProblem })
    const { appToken, signingSecret, listen } = options
    if (appToken !== undefined) return createSockets({ appToken, options: clients.options, logger, deliver, onProblem }, timings)
    if (signingSecret !== undefined && listen !== undefined) return createHttp({ signingSecret, listen, logger, deliver, onProblem })
    throw new JailopsError(
      'config_error',
      'Slack needs either bot.slack.appToken (Socket Mode) or both bot.slack.signingSecret and bot.slack.listen (HTTP).',
    )
  }

  async function stop(): Promise<void> {
    stopped = true
    for (const part of [outbox, whispering, identity, self]) part.stop()
    await inlet?.stop()
    clients.stop()
  }

  return {
    platform: 'slack',
    traits: { postsOnce: false, settleMilliseconds: 600, whispersRefusals: true, keepsMessages: true },
    async start(door) {
      inlet = inletFor(door)
      const waited = new AbortController()
      const late = delay(timings.starting, 'late', { signal: waited.signal }).catch(() => undefined)
      try {
        const begun = Promise.all([inlet.start(), self.keepAsking()])
        if ((await Promise.race([begun, late])) !== 'late') return
        onProblem('Slack does not answer; it is tried again until it does', {})
        begun.catch((error: unknown) => onProblem(error instanceof Error ? error.message : 'Slack refuses us', {}))
      } catch (error) {
        await stop()
        throw error
      } finally {
        waited.abort()
      }
    },
    identify: identity.identify,
    post: posting.post,
    edit: posting.edit,
    whisper: whispering.whisper,
    confide: (place, actor, answer) => whispering.whisperMessage(place, actor, renderAnswer(answer).message),
    url: () => inlet?.url?.(),
    stop,
  }
}
