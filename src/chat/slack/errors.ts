import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { JailopsError } from '../../core/errors.ts'
import type { Verdict } from '../outbox.ts'

/** Slack is ill, not we: the same call later may well succeed. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'accesslimited',
])

/** The token is no good, whatever is asked with it. */
const tokenWords: Record<string, string> = {
  invalid_auth: 'is not valid',
  not_authed: 'is missing',
  token_expired: 'has expired; turn token rotation off in the app’s settings, or give the new token',
  token_revoked: 'was revoked',
  account_inactive: 'belongs to an app that was removed from the workspace',
  not_allowed_token_type: 'is of the wrong kind',
  org_login_required: 'belongs to a workspace that was moved',
  team_access_not_granted: 'has no access to the workspace',
}

/** Places that are closed to us until somebody opens them. */
const closed = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_non_threadable_channel',
  'thread_not_found',
  'access_denied',
  'no_permission',
  'team_not_found',
  'ekm_access_denied',
  'as_user_not_supported',
  'channel_is_limited_access',
])

const gone = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'update_failed',
  'channel_not_found',
  'not_in_channel',
  'is_archived',
])

/** Slack's word for what is wrong, where it said one. */
export function slackWord(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined
}

export function isClosed(error: unknown): boolean {
  return closed.has(slackWord(error) ?? '')
}

/** The message cannot be edited any more. */
export function isGone(error: unknown): boolean {
  return gone.has(slackWord(error) ?? '')
}

/** What an error means for the call that got it: for good, or again in so long. */
export function judge(error: unknown, attempt: number): Verdict {
  if (error instanceof JailopsError) return 'final'
  if (error instanceof WebAPIRateLimitedError) return { againInMilliseconds: error.retryAfter * 1000 + 50 }
  const backoff = { againInMilliseconds: Math.min(30_000, 250 * 2 ** Math.min(attempt, 10)) }
  if (error instanceof WebAPIPlatformError) return passing.has(error.data.error) ? backoff : 'final'
  if (error instanceof WebAPIHTTPError) return error.statusCode >= 500 || error.statusCode === 429 ? backoff : 'final'
  // a connection that breaks while the answer is read comes as it is, from fetch
  return error instanceof WebAPIRequestError || error instanceof TypeError || isAbort(error) ? backoff : 'final'
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
}

/** @returns what somebody must set right, where that is the reason */
export function configProblem(error: unknown, token: 'bot token' | 'app-level token'): JailopsError | undefined {
  if (!(error instanceof WebAPIPlatformError)) return undefined
  const { error: word } = error.data
  const wrong = tokenWords[word]
  const key = token === 'bot token' ? 'bot.slack.botToken' : 'bot.slack.appToken'
  if (wrong !== undefined) {
    return new JailopsError(
      'config_error',
      `Slack says that the ${token} ${wrong} (${word}). Set ${key} in jailops.yaml to the one of your app.`,
      {
        cause: error,
      },
    )
  }
  if (word === 'missing_scope') {
    const needed = neededScope(error) ?? (token === 'bot token' ? 'a scope' : 'connections:write')
    return new JailopsError(
      'config_error',
      `The ${token} lacks ${needed}. ${token === 'bot token' ? lackingScopes : 'Make one with connections:write under Basic Information → App-Level Tokens.'}`,
      { cause: error },
    )
  }
  if (token === 'app-level token' && judge(error, 1) === 'final') {
    return new JailopsError('config_error', `Slack refuses Socket Mode (${word}). Turn it on under Socket Mode in the app’s settings.`, {
      cause: error,
    })
  }
  return undefined
}

export const lackingScopes = 'Paste the manifest that jailops slack manifest prints into the app’s settings, and install the app again.'

export function neededScope(error: unknown): string | undefined {
  if (!(error instanceof WebAPIPlatformError) || error.data.error !== 'missing_scope') return undefined
  const needed = 'needed' in error.data ? error.data.needed : undefined
  return typeof needed === 'string' ? needed : undefined
}

/** Why a place is closed, and what to do; for the one who asked. */
export function closedSentence(error: unknown): string {
  const word = slackWord(error) ?? ''
  if (word === 'is_archived') return 'This channel is archived, so the card is in our direct messages.'
  if (word.startsWith('restricted_action')) {
    return 'I may not write here, so the card is in our direct messages. Whoever keeps this channel can let the app jailops post in it.'
  }
  if (word === 'thread_not_found') return 'That thread is gone, so the card is in our direct messages.'
  return 'I am not in this channel, so the card is in our direct messages. Say /invite @jailops here and the next one comes here.'
}
