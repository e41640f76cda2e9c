import { vi } from 'vitest'
import { z } from 'zod'
import type { Command } from '../../src/core/command.ts'
import type { Actor } from '../../src/core/policy.ts'
import type { Door, Said } from '../../src/chat/adapter.ts'
import { createSlackAdapter, type SlackOptions } from '../../src/chat/slack/slack.ts'
import { type SeenMessage, type SlackServer, type SlackServerOptions, startSlackServer } from '../chat-servers/slack/server.ts'
import type { Delivered } from '../chat-servers/slack/interface.ts'
import type { Harness, Taken } from './adapter-conformance.ts'
import { commandsOfTests } from './slack-commands.ts'

export type Mode = 'socket' | 'http'

/** ana and bo in #ops, where the bot is, with a user group each; eve in #elsewhere, where it is not. */
export const ids = {
  ana: 'U0ANA',
  bo: 'U0BO',
  eve: 'U0EVE',
  operators: 'S0OPS',
  approvers: 'S0APP',
  ops: 'C0OPS',
  elsewhere: 'C0ELSE',
} as const

export async function startTown(options: SlackServerOptions = {}): Promise<SlackServer> {
  const slack = await startSlackServer(options)
  slack.addUser({ id: ids.ana, name: 'ana', realName: 'Ana Ops' })
  slack.addUser({ id: ids.bo, name: 'bo', realName: 'Bo Ops' })
  slack.addUser({ id: ids.eve, name: 'eve' })
  slack.addUserGroup({ id: ids.operators, handle: 'operators', users: [ids.ana, ids.bo] })
  slack.addUserGroup({ id: ids.approvers, handle: 'approvers', users: [ids.bo] })
  slack.addChannel({ id: ids.ops, name: 'ops', members: [ids.ana, ids.bo] })
  slack.addChannel({ id: ids.elsewhere, name: 'elsewhere', members: [ids.ana, ids.eve], botIsMember: false })
  return slack
}

export interface Town {
  slack: SlackServer
  adapter: ReturnType<typeof createSlackAdapter>
  /** What went to the log. */
  problems: { what: string; details: Record<string, unknown> }[]
  stop(): Promise<void>
}

export function adapterOptions(slack: SlackServer, mode: Mode, commands: readonly Command[] = commandsOfTests): SlackOptions {
  return {
    commands,
    botToken: slack.tokens.bot,
    ...(mode === 'socket'
      ? { appToken: slack.tokens.app }
      : { signingSecret: slack.signingSecret, listen: { address: '127.0.0.1', port: 0, path: '/slack/events' } }),
    apiUrl: slack.apiUrl,
    policyGroups: [ids.operators, ids.approvers],
    now: Date.now,
    onProblem: () => undefined,
    timings: { spacing: 20, again: 30, leaving: 1000, identity: 1500, starting: 2000 },
  }
}

/** A Slack and the adapter in it. */
export async function startAdapter(
  door: Door,
  mode: Mode,
  change: Partial<SlackOptions> = {},
  server: SlackServerOptions = {},
): Promise<Town> {
  const slack = await startTown(server)
  const problems: Town['problems'] = []
  const onProblem = (what: string, details: Record<string, unknown>) => void problems.push({ what, details })
  const adapter = createSlackAdapter({ ...adapterOptions(slack, mode), onProblem, ...change })
  const stop = async () => {
    await adapter.stop()
    await slack.stop()
  }
  try {
    await adapter.start(door)
  } catch (error) {
    await stop()
    throw error
  }
  if (mode === 'http') slack.setRequestUrl(adapter.url())
  else await vi.waitFor(() => slack.sockets === 2 || Promise.reject(new Error(`${slack.sockets} sockets`)))
  return { slack, adapter, problems, stop }
}

export function actorIn(person: 'ana' | 'bo' | 'eve'): Actor {
  return { platform: 'slack', id: ids[person], name: person, groups: [], kind: 'unproved' }
}

const sentenceSchema = z.looseObject({ text: z.string() })

/** How Slack shows an acknowledgement: silence, or a text that only the person sees. */
export function takenOf({ error, payload }: Delivered): Taken {
  if (error !== undefined) throw new Error(`Slack shows ${error}`)
  const said = sentenceSchema.safeParse(payload)
  return said.success ? { kind: 'refused', sentence: said.data.text } : { kind: 'acknowledged' }
}

/** All of a message as the person reads it: its blocks, or its text where it has none, and files. */
export function textOf({ text, blocks, files }: SeenMessage): string {
  return [blocks.length > 0 ? stringsOf(blocks).join(' ') : text, ...files.map(({ name, content }) => `${name}\n${content}`)].join('\n')
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsOf)
}

export async function makeSlackHarness(mode: Mode): Promise<Harness & { slack: SlackServer }> {
  const slack = await startTown()
  let adapter = createSlackAdapter(adapterOptions(slack, mode))

  async function sendOptions(person: 'ana' | 'bo', said: Extract<Said, { kind: 'options' }>, delivery: string): Promise<Delivered> {
    const they = slack.as(ids[person])
    await they.slash('/jailops', '', { channel: ids.ops })
    const chooser = await vi.waitFor(() => slack.views(ids[person]).at(-1) ?? Promise.reject(new Error('no modal')))
    await they.choose({ viewId: chooser.id, actionId: 'jailops-command', value: said.command })
    await vi.waitFor(() => slack.views(ids[person]).at(-1)?.view.callback_id === 'form' || Promise.reject(new Error('no form')))
    const filled = Object.entries(said.options).map(([name, value]) => [name, { [name]: String(value) }])
    return they.submit(chooser.id, Object.fromEntries(filled), { delivery })
  }

  async function press(person: 'ana' | 'bo', { press: wanted }: Extract<Said, { kind: 'press' }>, delivery: string): Promise<Delivered> {
    const message = slack.seenBy(ids[person], ids.ops).findLast((one) => textOf(one).includes(JSON.stringify(wanted)))
    const label = { approve: 'Approve', deny: 'Deny', cancel: 'Cancel', say: 'Drain' }[wanted.kind]
    return slack.as(ids[person]).press({ channel: ids.ops, ts: message?.ts ?? '', label, delivery })
  }

  return {
    slack,
    adapter: () => adapter,
    async start(door) {
      adapter = createSlackAdapter(adapterOptions(slack, mode))
      await adapter.start(door)
      if (mode === 'http') slack.setRequestUrl(adapter.url())
    },
    stop: () => adapter.stop(),
    actor: actorIn,
    place: { platform: 'slack', channel: ids.ops },
    async send(person, said, delivery) {
      if (said.kind === 'press') return takenOf(await press(person, said, delivery))
      if (said.kind === 'options') return takenOf(await sendOptions(person, said, delivery))
      const [word = '', ...rest] = said.text.split(' ')
      return takenOf(await slack.as(ids[person]).slash(`/${word}`, rest.join(' '), { channel: ids.ops, delivery }))
    },
    seenBy: async (person) => slack.seenBy(ids[person]).map(textOf),
    async vanish(message) {
      const [channel = '', ts = ''] = message.split('/')
      slack.deleteMessage(channel, ts)
    },
    // what is live in Slack is in `notifies`, which its own tests look at; here, what turns text around
    live: [/\u202e/],
    speaks: ['text', 'options', 'press'],
    async close() {
      await adapter.stop()
      await slack.stop()
    },
  }
}
