import { setTimeout as delay } from 'node:timers/promises'
import type { WebClient } from '@slack/web-api'
import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'
import type { OnProblem } from './clients.ts'
import { configProblem, judge, neededScope, slackWord } from './errors.ts'
import { createMemory } from './memory.ts'

/** Who people are, as Slack says now, give or take a minute. */
export interface Identity {
  /** @throws JailopsError identity_unproved: Slack does not say */
  identify(actor: Actor): Promise<Actor>
  /** The same from memory, or within a second: somebody waits for a modal whose trigger lives three. */
  identifySoon(actor: Actor): Promise<Actor | undefined>
  stop(): void
}

export interface IdentityOptions {
  client: WebClient
  /** The workspace that the app is installed in. */
  team(): Promise<string>
  /** Ids of the user groups that the policy names; no others are asked for. */
  policyGroups: readonly string[]
  now: Clock
  onProblem: OnProblem
  /** How long a rate limit or an outage is waited out for one person. */
  patienceMilliseconds: number
}

const keptMilliseconds = 60_000
const soonMilliseconds = 1000

const userSchema = z.looseObject({
  id: z.string(),
  team_id: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  profile: z.looseObject({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  enterprise_user: z.looseObject({ teams: z.array(z.string()).optional() }).optional(),
})
type User = z.infer<typeof userSchema>

interface Kept<Value> {
  at: number
  value: Promise<Value>
}

export function createIdentity({ client, team, policyGroups, now, onProblem, patienceMilliseconds }: IdentityOptions): Identity {
  const users = createMemory<Kept<User | undefined>>(1000)
  const groups = createMemory<Kept<ReadonlySet<string>>>(1000)
  const stopping = new AbortController()

  /** One flight at a time; a failure is not kept. */
  function kept<Value>(memory: ReturnType<typeof createMemory<Kept<Value>>>, key: string, ask: () => Promise<Value>): Promise<Value> {
    const known = memory.get(key)
    if (known !== undefined && now() - known.at < keptMilliseconds) return known.value
    const entry = { at: now(), value: patiently(ask) }
    memory.set(key, entry)
    entry.value.catch(() => memory.get(key) === entry && memory.delete(key))
    return entry.value
  }

  async function patiently<Value>(ask: () => Promise<Value>): Promise<Value> {
    const giveUpAt = Date.now() + patienceMilliseconds
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask()
      } catch (error) {
        const verdict = judge(error, attempt)
        if (verdict === 'final' || stopping.signal.aborted || Date.now() + verdict.againInMilliseconds > giveUpAt) throw error
        await delay(verdict.againInMilliseconds, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }

  async function askUser(id: string): Promise<User | undefined> {
    try {
      return userSchema.parse((await client.users.info({ user: id })).user)
    } catch (error) {
      if (['user_not_found', 'users_not_found', 'user_not_visible'].includes(slackWord(error) ?? '')) return undefined
      throw error
    }
  }

  async function askMembers(group: string): Promise<ReadonlySet<string>> {
    try {
      return new Set((await client.usergroups.users.list({ usergroup: group })).users ?? [])
    } catch (error) {
      if (!['no_such_subteam', 'subteam_not_found', 'plan_upgrade_required'].includes(slackWord(error) ?? '')) throw error
      onProblem('a user group of the policy is not there, so nobody is in it', { group, slack: slackWord(error) })
      return new Set()
    }
  }

  async function identify(actor: Actor): Promise<Actor> {
    try {
      const [user, ours, ...members] = await Promise.all([
        kept(users, actor.id, () => askUser(actor.id)),
        team(),
        ...policyGroups.map((group) => kept(groups, group, () => askMembers(group))),
      ])
      const kind = kindOf(user, ours)
      return {
        ...actor,
        kind,
        name: nameOf(user) ?? actor.name,
        groups: kind === 'person' ? policyGroups.filter((_group, index) => members[index]?.has(actor.id) === true) : [],
      }
    } catch (error) {
      onProblem('Slack does not say who somebody is', { user: actor.id, error: String(error) })
      throw unproved(error)
    }
  }

  return {
    identify,
    async identifySoon(actor) {
      const ending = new AbortController()
      const known = identify(actor).catch(() => undefined)
      const late = delay(soonMilliseconds, undefined, { signal: ending.signal }).catch(() => undefined)
      const first = await Promise.race([known, late])
      ending.abort()
      return first
    },
    stop: () => stopping.abort(),
  }
}

function unproved(error: unknown): JailopsError {
  const problem = configProblem(error, 'bot token')
  if (problem === undefined) {
    return new JailopsError('identity_unproved', 'Slack did not say who you are, so nothing was done. Try again.', { cause: error })
  }
  const scope = neededScope(error)
  const why = scope === undefined ? problem.message : `The app lacks the scope ${scope}.`
  return new JailopsError(
    'identity_unproved',
    `${why} So Slack does not say who you are, and nothing was done. Tell whoever keeps jailops.`,
    {
      cause: error,
    },
  )
}

function kindOf(user: User | undefined, team: string): Actor['kind'] {
  if (user === undefined || user.deleted === true || user.is_stranger === true) return 'stranger'
  if (user.is_bot === true || user.id === 'USLACKBOT') return 'bot'
  const isOurs = user.team_id === team || user.enterprise_user?.teams?.includes(team) === true
  if (!isOurs) return 'stranger'
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'person'
}

function nameOf(user: User | undefined): string | undefined {
  const names = [user?.profile?.display_name, user?.profile?.real_name, user?.real_name, user?.name]
  return names.find((name) => name !== undefined && name.trim() !== '')?.slice(0, 200)
}
