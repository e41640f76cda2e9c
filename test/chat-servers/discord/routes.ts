/** The part of Discord's API that is here; what begins with a colon matches any one part of a path. */
export const routes = [
  'GET /gateway',
  'GET /gateway/bot',
  'GET /users/@me',
  'GET /users/:user',
  'GET /applications/@me',
  'GET /oauth2/applications/@me',
  'GET /applications/:application/guilds/:guild/commands',
  'PUT /applications/:application/guilds/:guild/commands',
  'POST /applications/:application/guilds/:guild/commands',
  'DELETE /applications/:application/guilds/:guild/commands/:command',
  'POST /interactions/:interaction/:token/callback',
  'POST /webhooks/:application/:token',
  'GET /webhooks/:application/:token/messages/:message',
  'PATCH /webhooks/:application/:token/messages/:message',
  'DELETE /webhooks/:application/:token/messages/:message',
  'GET /channels/:channel',
  'GET /channels/:channel/messages',
  'POST /channels/:channel/messages',
  'GET /channels/:channel/messages/:message',
  'PATCH /channels/:channel/messages/:message',
  'DELETE /channels/:channel/messages/:message',
  'POST /channels/:channel/typing',
  'POST /users/@me/channels',
  'GET /guilds/:guild',
  'GET /guilds/:guild/roles',
  'GET /guilds/:guild/channels',
  'GET /guilds/:guild/members/:user',
] as const
export type Route = (typeof routes)[number]

const compiled = routes.map((route) => {
  const [method = '', path = ''] = route.split(' ')
  return { route, method, parts: path.split('/') }
})

/** @returns undefined where Discord would have an endpoint, or none, and this one has none */
export function matchRoute(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  const given = path.split('/').map(decodeURIComponent)
  const match = compiled.find(
    ({ method: itsMethod, parts }) =>
      itsMethod === method && parts.length === given.length && parts.every((part, index) => part.startsWith(':') || part === given[index]),
  )
  if (!match) return undefined
  const params = match.parts.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), given[index] ?? '']] : []))
  return { route: match.route, params: Object.fromEntries(params) }
}
