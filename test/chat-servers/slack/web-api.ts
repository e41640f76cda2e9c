import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../http.ts'
import type { Calls } from './calls.ts'
import { exchange, rateLimited, type Outcome } from './exchange.ts'
import type { Faults } from './faults.ts'
import type { Rate } from './interface.ts'
import type { Method, Parts } from './method.ts'
import { chatMethods } from './methods-chat.ts'
import { fileMethods } from './methods-files.ts'
import { peopleMethods } from './methods-people.ts'
import { viewMethods } from './methods-views.ts'
import { RateLimits } from './rate-limits.ts'
import { Refusal, refusal } from './refusal.ts'

const methods: Record<string, Method> = { ...chatMethods, ...fileMethods, ...peopleMethods, ...viewMethods }

interface WebApiParts extends Parts {
  faults: Faults
  calls: Calls
  tokens: { bot: string; app: string }
  rates: Readonly<Record<string, Rate>>
}

/** Answers `/api/METHOD`. */
export function webApi(parts: WebApiParts): (name: string, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { faults, calls, tokens } = parts
  const limits = new RateLimits(parts.rates, parts.world.now)

  return async (name, request, response) => {
    const { token: tokenArgument, ...args } = await argumentsOf(request)
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? tokenArgument
    await exchange({ faults, calls, name, args, request, response, run: () => answer(name, token, args) })
  }

  function answer(name: string, token: unknown, args: Record<string, unknown>): Outcome {
    const retryAfter = limits.take(name, String(args['channel'] ?? ''))
    if (retryAfter !== undefined) return rateLimited(retryAfter)
    const method = methods[name]
    if (!method) throw new Refusal('unknown_method', { req_method: name })
    const { scope, run } = method
    checkToken(token, method)
    if (scope !== undefined && !faults.scopes.has(scope)) throw new Refusal('missing_scope', { needed: scope, provided: faults.granted() })
    const body = { ok: true, ...run(args, parts) }
    return { status: 200, body, answered: 'ok', ...(scope !== undefined && { headers: { 'x-accepted-oauth-scopes': scope } }) }
  }

  function checkToken(token: unknown, { isForApp }: Method): void {
    if (token === undefined || token === '') throw refusal('not_authed')
    if (token !== tokens.bot && token !== tokens.app) throw refusal('invalid_auth')
    if ((token === tokens.app) !== (isForApp === true)) throw refusal('not_allowed_token_type')
    if (token === tokens.bot && faults.isTokenExpired) throw refusal('token_expired')
  }
}

async function argumentsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body = await readBody(request)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/json')) return JSON.parse(body.toString()) as Record<string, unknown>
  if (type.startsWith('multipart/form-data')) {
    return Object.fromEntries(await new Response(body, { headers: { 'content-type': type } }).formData())
  }
  return Object.fromEntries(new URLSearchParams(body.toString()))
}
