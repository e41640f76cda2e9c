import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { problem } from './problem.ts'

const maxBodyBytes = 64 * 1024

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export const safeHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
}

/** A name of somebody else's that resolves to 127.0.0.1 (DNS rebinding) must not make our page theirs. */
export function onlyOwnHost(port: () => number | undefined): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host')
    if (host === `127.0.0.1:${port()}` || host === `localhost:${port()}`) return next()
    return problem(context, 421, 'wrong_host', 'This chat answers only at its own address, 127.0.0.1. Nothing was done.')
  }
}

/** A page of another origin can send a POST here without asking; only our own page's Origin counts. */
export const onlyOwnPage: MiddlewareHandler = async (context, next) => {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return next()
  if (context.req.header('origin') !== `http://${context.req.header('host')}`) {
    return problem(context, 403, 'wrong_origin', 'Only the chat page itself may send. Nothing was done.')
  }
  if (!isJson(context)) return problem(context, 415, 'not_json', 'Send JSON, with the content type application/json. Nothing was done.')
  return next()
}

function isJson(context: Context): boolean {
  return /^application\/json\s*(;|$)/i.test(context.req.header('content-type') ?? '')
}

export const smallBody = bodyLimit({
  maxSize: maxBodyBytes,
  onError: (context) => problem(context, 413, 'too_long', 'That is too long: the limit is 64 KB. Nothing was done.'),
})
