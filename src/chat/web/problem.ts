import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { toJailopsError, type ReasonCode } from '../../core/errors.ts'
import { sentenceOfRefusal } from '../refusal.ts'

/** How every error leaves: a code for the page, a sentence for the person. */
export function problem(context: Context, status: ContentfulStatusCode, error: string, sentence: string): Response {
  return context.json({ error, sentence }, status)
}

const statuses: Partial<Record<ReasonCode, ContentfulStatusCode>> = {
  usage: 400,
  bad_argument: 400,
  missing_argument: 400,
  permission_denied: 403,
  not_a_member: 403,
  identity_unproved: 403,
  store_unavailable: 503,
  store_full: 503,
  stored_too_late: 503,
}

export function problemOfError(context: Context, error: unknown): Response {
  const { code } = toJailopsError(error)
  return problem(context, statuses[code] ?? 500, code, sentenceOfRefusal(error))
}
