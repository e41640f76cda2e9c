import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { recentCount, recentList } from './bounded.ts'
import { readRequestBody, type UploadedFile } from './body.ts'
import type { PendingFaults } from './faults.ts'
import type { Fault, RestCall, Route } from './interface.ts'
import { ApiProblem, problems } from './problem.ts'
import { createRates, freeHeaders, limitedByFault, type RateAnswer } from './rates.ts'
import { matchRoute } from './routes.ts'
import type { World } from './world.ts'

export interface ApiRequest {
  /** What stood in the path for `:name`. */
  param(name: string): string
  query: URLSearchParams
  body: unknown
  files: readonly UploadedFile[]
}

export interface ApiAnswer {
  status: number
  body?: unknown
}

export type Handlers = Record<Route, (request: ApiRequest) => ApiAnswer>

export interface RestApi {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  calls(route?: Route): RestCall[]
  invalidRequests(): number
}

/** Whoever holds an interaction's token needs no other. */
const withoutBotToken = /^[A-Z]+ \/(gateway$|interactions\/|webhooks\/)/
const isInvalidRequest = (status: number) => [401, 403, 429].includes(status)

export function createRestApi(world: World, handlers: Handlers, faults: PendingFaults, isTokenGood: () => boolean): RestApi {
  const calls = recentList<RestCall>(world.limits.keptCalls)
  const invalid = recentCount(() => Date.now(), 10 * 60_000)
  const rates = createRates()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://discord')
    const [, version, path = ''] = /^\/api(?:\/v(\d+))?(\/.*)$/.exec(url.pathname) ?? []
    const method = request.method ?? ''
    const call: RestCall = { method, route: `${method} ${path}`, path, body: undefined, files: [], at: Date.now(), status: 0 }
    const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      call.status = status
      if (isInvalidRequest(status)) invalid.add()
      const text = body === undefined ? undefined : JSON.stringify(body)
      const type = text === undefined ? undefined : { 'content-type': 'application/json' }
      response.writeHead(status, { ...headers, ...type }).end(text)
    }

    let headers: Record<string, string> = {}
    try {
      const match = matchRoute(method, path)
      if (match) call.route = match.route
      calls.add(call)
      const { json, files } = await readRequestBody(request)
      call.body = json
      call.files = files.map(({ name, content }) => ({ name, bytes: content.length }))
      if (version !== undefined && version !== '10') throw new ApiProblem(400, 50041, 'Invalid API version')
      if (!match) throw problems.notFound()
      const authorization = request.headers.authorization
      if (!withoutBotToken.test(match.route) && (authorization !== `Bot ${world.token}` || !isTokenGood())) throw problems.unauthorized()

      const fault = faults.takeRequestFault(match.route)
      const rate = rateOf(match, fault)
      headers = rate.headers
      if (rate.refusal) return reply(429, rate.refusal, headers)
      if (fault && 'status' in fault) throw new ApiProblem(fault.status, fault.code, fault.message)
      if (fault && 'hang' in fault) await delay(fault.hang, undefined, { ref: false })
      const param = (name: string) => match.params[name] ?? ''
      const done = handlers[match.route]({ param, query: url.searchParams, body: json, files })
      if (fault && 'loseAnswer' in fault) return cut(request, fault.loseAnswer)
      reply(done.status, done.body, headers)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      call.code = error.code
      reply(error.status, { message: error.message, code: error.code, ...(error.errors && { errors: error.errors }) }, headers)
    }
  }

  function rateOf({ route, params }: { route: Route; params: Record<string, string> }, fault: Fault | undefined): RateAnswer {
    if (fault && 'rateLimited' in fault) {
      const { headers, ...refusal } = limitedByFault(fault)
      return { headers: { ...freeHeaders(route), ...headers }, ...refusal }
    }
    return world.limits.rates ? rates.check(route, params['channel'] ?? '') : { headers: freeHeaders(route) }
  }

  return {
    answer,
    calls: (route) => calls.all().filter((call) => route === undefined || call.route === route),
    invalidRequests: () => invalid.count(),
  }
}

function cut({ socket }: IncomingMessage, how: true | 'reset'): void {
  if (how === 'reset') socket.resetAndDestroy()
  else socket.destroy()
}
