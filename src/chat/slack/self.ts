import { setTimeout as delay } from 'node:timers/promises'
import type { WebClient } from '@slack/web-api'
import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { OnProblem } from './clients.ts'
import { configProblem, judge, lackingScopes } from './errors.ts'
import { scopes } from './manifest.ts'

/** Who we are in Slack, asked once. */
export interface Self {
  /** Asks until Slack answers. @throws config_error: the token is no good, or lacks scopes */
  keepAsking(): Promise<void>
  known(): Promise<{ team: string; user: string }>
  /** The bot's user id, once it is known. */
  user(): string | undefined
  stop(): void
}

const answerSchema = z.looseObject({
  team_id: z.string(),
  user_id: z.string(),
  response_metadata: z.looseObject({ scopes: z.array(z.string()).optional() }).optional(),
})

/** Those that this set-up cannot do without. */
export function neededScopes(policyGroups: readonly string[]): string[] {
  return scopes.filter((scope) => scope !== 'usergroups:read' || policyGroups.length > 0)
}

export function createSelf({
  client,
  scopes: needed,
  onProblem,
}: {
  client: WebClient
  scopes: readonly string[]
  onProblem: OnProblem
}): Self {
  const stopping = new AbortController()
  let asking: Promise<{ team: string; user: string }> | undefined
  let user: string | undefined

  async function ask(): Promise<{ team: string; user: string }> {
    try {
      const answer = answerSchema.parse(await client.auth.test())
      const has = answer.response_metadata?.scopes
      const missing = has === undefined ? [] : needed.filter((scope) => !has.includes(scope))
      if (missing.length > 0)
        throw new JailopsError('config_error', `The Slack app lacks the scopes ${missing.join(', ')}. ${lackingScopes}`)
      user = answer.user_id
      return { team: answer.team_id, user: answer.user_id }
    } catch (error) {
      asking = undefined
      throw configProblem(error, 'bot token') ?? error
    }
  }

  const known = () => (asking ??= ask())

  return {
    known,
    user: () => user,
    async keepAsking() {
      for (let attempt = 1; ; attempt++) {
        try {
          await known()
          return
        } catch (error) {
          const verdict = judge(error, attempt)
          if (verdict === 'final' || stopping.signal.aborted) throw error
          if (attempt === 1) onProblem('Slack cannot be reached; it is tried again', { error: String(error) })
          await delay(verdict.againInMilliseconds, undefined, { signal: stopping.signal }).catch(() => undefined)
        }
      }
    },
    stop: () => stopping.abort(),
  }
}
