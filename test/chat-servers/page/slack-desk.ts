import type { ViewStateValue } from '@slack/bolt'
import { z } from 'zod'
import type { SeenMessage, SlackServer } from '../slack/server.ts'
import { type Desk, filesOf, newest, orRefused } from './desk.ts'

const stateValue = z.looseObject({ type: z.string() }).transform((value) => value as unknown as ViewStateValue)
const filled = z.union([z.string(), z.array(z.string()), stateValue])
const place = z.union([z.strictObject({ channel: z.string(), ts: z.string() }), z.strictObject({ viewId: z.string() })])
const where = { channel: z.string(), thread: z.string().optional() }

const actSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slash'), ...where, command: z.string().regex(/^\/\S+$/), text: z.string() }),
  z.strictObject({ kind: z.literal('say'), ...where, text: z.string().min(1) }),
  z.strictObject({ kind: z.literal('mention'), ...where, text: z.string().min(1) }),
  z.strictObject({ kind: z.literal('press'), place, actionId: z.string() }),
  z.strictObject({ kind: z.literal('choose'), place, actionId: z.string(), value: filled }),
  z.strictObject({ kind: z.literal('suggest'), place, actionId: z.string(), typed: z.string() }),
  z.strictObject({ kind: z.literal('submit'), viewId: z.string(), values: z.record(z.string(), z.record(z.string(), filled)) }),
  z.strictObject({ kind: z.literal('close'), viewId: z.string() }),
])
type Act = z.infer<typeof actSchema>

/** A person's Slack, for the page. */
export function slackDesk(server: SlackServer): Desk {
  function stateFor(person: string) {
    const { team, bot, users, userGroups, channels, sockets } = server.snapshot()
    const names = {
      ...Object.fromEntries(users.map(({ id, name }) => [id, name])),
      ...Object.fromEntries(userGroups.map(({ id, handle }) => [id, handle])),
      ...Object.fromEntries(channels.map(({ id, name }) => [id, name])),
    }
    const nameOf = (user: string) => (user === bot.userId ? bot.name : (users.find(({ id }) => id === user)?.realName ?? user))
    return {
      rest: {
        place: team.name,
        bot,
        names,
        users: users.filter(({ kind }) => kind !== 'deleted').map(({ id, name }) => ({ id, name })),
        isOnline: sockets > 0 || server.requestUrl !== undefined,
        channels: channels
          .filter(({ members }) => members.includes(person))
          .map(({ id, name, kind, botIsMember }) => ({ id, kind, botIsMember, name: kind === 'direct' ? bot.name : name })),
        view: server.views(person).at(-1) ?? null,
      },
      messages: newest(server.seenBy(person)).map((message) => ({ ...shown(message, person), author: authorOf(message.user) })),
    }
    function authorOf(user: string) {
      return { name: nameOf(user), isApp: user === bot.userId }
    }
  }

  return {
    people: () =>
      server
        .snapshot()
        .users.filter(({ kind }) => kind !== 'bot' && kind !== 'deleted')
        .map(({ id, name }) => ({ id, name })),
    stateFor,
    act: async (person, body) => {
      const act = actSchema.parse(body)
      return orRefused(() => perform(server, person, act))
    },
    file: (person, { channel, message, index }) => server.seenBy(person, channel).find(({ ts }) => ts === message)?.files[index]?.content,
    onChange: (listener) => server.onChange(listener),
  }
}

function shown(message: SeenMessage, person: string) {
  const { channel, ts, threadTs, text, blocks, files, edited, ephemeralTo } = message
  return {
    key: `${channel} ${ts}`,
    channel,
    ts,
    at: Number(ts) * 1000,
    threadTs,
    text,
    blocks,
    edited,
    onlyYou: ephemeralTo !== undefined,
    files: filesOf(files, { channel, message: ts }, person),
  }
}

/** @returns how the app took it, as the server tells it */
async function perform(server: SlackServer, user: string, act: Act): Promise<unknown> {
  const person = server.as(user)
  switch (act.kind) {
    case 'slash':
      return person.slash(act.command, act.text, inPlace(act))
    case 'say':
      return { ts: person.say(act.channel, act.text, act.thread) }
    case 'mention':
      return person.mention({ text: act.text, ...inPlace(act) })
    case 'press':
      return 'viewId' in act.place
        ? person.pressInView({ ...act.place, actionId: act.actionId })
        : person.press({ ...act.place, actionId: act.actionId })
    case 'choose':
      return person.choose({ ...act.place, actionId: act.actionId, value: act.value })
    case 'suggest':
      return person.suggest({ ...act.place, actionId: act.actionId, typed: act.typed })
    case 'submit':
      return person.submit(act.viewId, act.values)
    case 'close':
      return person.close(act.viewId)
  }
}

function inPlace({ channel, thread }: { channel: string; thread?: string | undefined }) {
  return { channel, ...(thread !== undefined && { thread }) }
}
