import { z } from 'zod'
import { stringify } from 'yaml'
import { JailopsError } from '../core/errors.ts'
import { createReleasers, untilToldToStop } from './serving.ts'

export interface DevOptions {
  /** Of the chat server; any free one if not given, or 0. */
  port?: string
  /** Of the page for people; any free one if not given, or 0. */
  pagePort?: string
}

const slackIds = { ana: 'U0ANA', bo: 'U0BO', eve: 'U0EVE', group: 'S0OPS', ops: 'C0OPS', random: 'C0RANDOM' }
const discordIds = {
  guild: '900000000000000001',
  ana: '900000000000000011',
  bo: '900000000000000012',
  eve: '900000000000000013',
  role: '900000000000000021',
  ops: '900000000000000031',
  random: '900000000000000032',
}

/** A Slack on this machine with three people, two channels and a page to use it with, until told to stop. */
export async function devSlackServer(options: DevOptions): Promise<void> {
  const { startChatPage } = await fromSource(() => import('../../test/chat-servers/page/page.ts'))
  const { startSlackServer } = await fromSource(() => import('../../test/chat-servers/slack/server.ts'))
  await serve(async (releasers) => {
    const server = await listening(options.port, (port) => startSlackServer({ port }))
    releasers.add('Slack', () => server.stop())
    const { ana, bo, eve, group, ops, random } = slackIds
    server.addUser({ id: ana, name: 'ana', realName: 'Ana' })
    server.addUser({ id: bo, name: 'bo', realName: 'Bo' })
    server.addUser({ id: eve, name: 'eve', realName: 'Eve', kind: 'guest' })
    server.addUserGroup({ id: group, handle: 'ops', users: [ana] })
    server.addChannel({ id: ops, name: 'ops', members: [ana, bo, eve] })
    server.addChannel({ id: random, name: 'random', members: [ana, bo, eve], botIsMember: false })
    const people = [ana, bo, eve]
    const page = await listening(options.pagePort, (port) => startChatPage({ platform: 'slack', server, port, people }))
    releasers.add('page', () => page.stop())
    tell(chatPage('Slack', page.url), {
      bot: { slack: { botToken: server.tokens.bot, appToken: server.tokens.app, apiUrl: server.apiUrl } },
      policy: policyFor('slack', { ana, bo, eve, group }),
    })
  })
}

/** The same with a Discord. */
export async function devDiscordServer(options: DevOptions): Promise<void> {
  const { startChatPage } = await fromSource(() => import('../../test/chat-servers/page/page.ts'))
  const { startDiscordServer } = await fromSource(() => import('../../test/chat-servers/discord/server.ts'))
  await serve(async (releasers) => {
    const { ana, bo, eve, role, guild, ops, random } = discordIds
    const server = await listening(options.port, (port) => startDiscordServer({ port, ids: { guild }, guildName: 'Jailops' }))
    releasers.add('Discord', () => server.stop())
    server.addRole({ id: role, name: 'ops' })
    server.addChannel({ id: ops, name: 'ops' })
    server.addChannel({ id: random, name: 'random', botMayView: false })
    const people = Object.entries({ ana, bo, eve })
    for (const [name, id] of people) {
      server.addUser({ id, name, globalName: `${name.charAt(0).toUpperCase()}${name.slice(1)}` })
      server.addMember({ user: id, roles: name === 'ana' ? [role] : [] })
    }
    const page = await listening(options.pagePort, (port) =>
      startChatPage({ platform: 'discord', server, port, people: people.map(([, id]) => id) }),
    )
    releasers.add('page', () => page.stop())
    tell(chatPage('Discord', page.url), {
      bot: { discord: { token: server.token, guild: server.guildId, apiUrl: server.apiUrl } },
      policy: policyFor('discord', { ana, bo, eve, group: role }),
    })
  })
}

/** A release holds no chat servers and no sshd. @throws config_error */
export async function fromSource<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    if (!isAbsent || !/test\/(chat-servers|support)\//.test(error.message)) throw error
    const sentence = 'What is for trying out is in jailops’ source only, not in a release: use a git checkout.'
    throw new JailopsError('config_error', sentence, { cause: error })
  }
}

export async function serve(start: (releasers: ReturnType<typeof createReleasers>) => Promise<void>): Promise<void> {
  const stopped = untilToldToStop()
  const releasers = createReleasers((what, error) => process.stderr.write(`jailops: closing ${what}: ${String(error)}\n`))
  try {
    await start(releasers)
    await stopped
  } finally {
    await releasers.releaseAll()
  }
}

const portSchema = z.coerce.number().int().min(0).max(65_535)

/** @throws usage */
async function listening<Server>(text: string | undefined, start: (port: number) => Promise<Server>): Promise<Server> {
  const port = portSchema.safeParse(text === undefined || text === '' ? 0 : text)
  if (!port.success) throw new JailopsError('usage', `${text} is no port; write a number from 0 to 65535.`)
  try {
    return await start(port.data)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new JailopsError('usage', `Port ${port.data} of 127.0.0.1 cannot be had: something else listens there. Choose another one.`, {
      cause: error,
    })
  }
}

/** Ana by her group, bo by himself; eve may look, where the platform calls her a member. Every change needs bo's word. */
function policyFor(platform: string, ids: { ana: string; bo: string; eve: string; group: string }) {
  const user = (id: string) => `${platform}:user:${id}`
  return {
    people: { ana: [user(ids.ana)], bo: [user(ids.bo)], eve: [user(ids.eve)] },
    roles: {
      operator: {
        permissions: ['jail.*', 'release.*', 'proxy.*', 'host.*', 'job.*', 'help', 'whoami'],
        members: [`${platform}:group:${ids.group}`, user(ids.bo)],
      },
      approver: { permissions: ['request.approve'], members: [user(ids.bo)] },
      viewer: {
        permissions: ['jail.list', 'jail.info', 'proxy.list', 'host.status', 'host.list', 'help', 'whoami'],
        members: [user(ids.eve)],
      },
    },
    approvals: [{ permissions: ['*'], count: 1, expiresMinutes: 60 }],
  }
}

function chatPage(name: string, page: string): string {
  return `${name} on this machine. Open ${page} and be ana (operator), bo (approver) or eve (guest).\n# #ops has the bot in it, #random has not.`
}

/** What it is, and what of it belongs into jailops.yaml. */
export function tell(what: string, settings: object): void {
  const yaml = stringify(settings, { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN', lineWidth: 0 })
  process.stdout.write(`# ${what}\n# This belongs into jailops.yaml; Ctrl-C ends it all.\n\n${yaml}`)
}
