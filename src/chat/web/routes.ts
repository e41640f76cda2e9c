import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { pressSchema } from '../../core/card.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Door, Place, Said } from '../adapter.ts'
import { drawPng, drawSvg } from '../chart/draw.ts'
import type { History } from './history.ts'
import { isVisible, pictureAddress, viewOf } from './message.ts'
import { servePage } from './page.ts'
import { actorOf, type Person } from './people.ts'
import { problem, problemOfError } from './problem.ts'
import { onlyOwnHost, onlyOwnPage, safeHeaders, smallBody } from './protect.ts'
import { renderingsOf } from './renderings.ts'
import { sendEvents } from './events.ts'
import type { Watcher } from './watcher.ts'

export interface Parts {
  place: Place
  people: readonly Person[]
  history: History
  door: Door
  port: () => number | undefined
  watchers: Set<Watcher>
}

const delivery = z.string().regex(/^[A-Za-z0-9_-]{8,100}$/)
const saySchema = z.strictObject({ delivery, person: z.string(), text: z.string().max(20_000) })
const pressBodySchema = z.strictObject({ delivery, person: z.string(), press: pressSchema })
const personQuery = z.object({ person: z.string() })
const completeQuery = z.object({ person: z.string(), text: z.string().max(20_000) })

export function createRoutes(parts: Parts): Hono {
  const { people, history, door } = parts
  const app = new Hono()
  app.use(safeHeaders, onlyOwnHost(parts.port), onlyOwnPage, smallBody)
  app.onError((error, context) => problemOfError(context, error))
  app.notFound((context) => problem(context, 404, 'not_found', 'There is no such page.'))
  servePage(app)

  app.get('/api/people', (context) =>
    context.json({ channel: parts.place.channel, people: people.map(({ id, name, note }) => ({ id, name, note })) }),
  )

  app.post('/api/say', async (context) => {
    const said = parse(saySchema, await bodyOf(context))
    const text = said.text.trim().replace(/^\//, '').trim()
    if (text === '') throw new JailopsError('usage', 'Type a command first, such as: jail list')
    const request = await receive(said, { kind: 'text', text })
    const isNew = history.get(`said-${request}`) === undefined
    if (isNew) history.put({ kind: 'said', id: `said-${request}`, person: said.person, text }, { before: request })
    return context.json({ request })
  })

  app.post('/api/press', async (context) => {
    const pressed = parse(pressBodySchema, await bodyOf(context))
    return context.json({ request: await receive(pressed, { kind: 'press', press: pressed.press }) })
  })

  app.get('/api/complete', (context) => {
    const { person, text } = parse(completeQuery, context.req.query())
    const isSlashed = text.startsWith('/')
    const found = door.complete(isSlashed ? text.slice(1) : text, actorOf(people, person))
    return context.json(found.map((completion) => ({ ...completion, text: `${isSlashed ? '/' : ''}${completion.text}` })))
  })

  app.get('/api/messages', (context) => {
    const { person } = parse(personQuery, context.req.query())
    return context.json({ messages: history.visibleTo(actorOf(people, person).id).map(viewOf) })
  })

  app.get('/api/events', (context) => {
    const { person } = parse(personQuery, context.req.query())
    return sendEvents(context, { history, person: actorOf(people, person).id, watchers: parts.watchers })
  })

  app.get('/api/renderings/:message', (context) => {
    const { person } = parse(personQuery, context.req.query())
    const message = history.get(context.req.param('message'))
    if (message?.kind !== 'card' || !isVisible(message, actorOf(people, person).id)) {
      return problem(context, 404, 'not_found', 'There is no such card: the channel keeps its last 300 messages.')
    }
    return context.json(renderingsOf(message.card, pictureAddress(message.id, 'png')))
  })

  app.get('/charts/:message/:type{svg|png}', async (context) => {
    const message = history.get(context.req.param('message'))
    const charts = message?.kind === 'card' ? (message.card.charts ?? []) : []
    if (charts.length === 0) return problem(context, 404, 'not_found', 'That picture is gone: the channel keeps its last 300 messages.')
    if (context.req.param('type') === 'svg') return context.body(await drawSvg(charts), 200, { 'content-type': 'image/svg+xml' })
    return context.body(Buffer.from(await drawPng(charts)), 200, { 'content-type': 'image/png' })
  })

  app.get('/files/:message/:index', (context) => {
    const message = history.get(context.req.param('message'))
    const file = message?.kind === 'card' ? message.card.files[Number(context.req.param('index'))] : undefined
    if (file === undefined) return problem(context, 404, 'not_found', 'That file is gone: the channel keeps its last 300 messages.')
    const name = file.name.replaceAll(/[^A-Za-z0-9._-]/g, '_')
    return context.text(file.text, 200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    })
  })

  /** Deliveries of two people never meet, whatever ids their pages choose. */
  async function receive(from: { delivery: string; person: string }, said: Said): Promise<string> {
    const actor = actorOf(people, from.person)
    const { request } = await door.receive({ delivery: `${actor.id}:${from.delivery}`, actor, place: parts.place, said })
    return request
  }

  return app
}

async function bodyOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json<unknown>()
  } catch (error) {
    throw new JailopsError('bad_argument', 'That was no JSON. Nothing was done.', { cause: error })
  }
}

function parse<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new JailopsError('bad_argument', `That did not have the shape of a message: ${z.prettifyError(result.error)} Nothing was done.`)
}
