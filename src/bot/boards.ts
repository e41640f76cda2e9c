import type { ChatAdapter, Place } from '../chat/adapter.ts'
import type { BoardSummary } from '../core/alert.ts'
import type { Command } from '../core/command.ts'
import { JailopsError, toJailopsError } from '../core/errors.ts'
import type { BotMessage } from '../core/message.ts'
import { createMutex } from '../core/mutex.ts'
import { type Actor, personOf, type Policy } from '../core/policy.ts'
import type { Shelf } from '../queue/shelf.ts'
import type { Posting } from './asking.ts'
import { type Board, boardCard, boardSchema, boardToCome } from './board.ts'
import { createBoardQuestions } from './board-questions.ts'
import { chooseHost, isAway } from './hosts.ts'
import { permitted } from './judge.ts'
import { createKept } from './kept.ts'
import { betweenEdits, bring, hashOfCard } from './own-message.ts'

/** Live boards: one a channel and host, each a message that is edited every few seconds and never posted again. */
export interface Boards {
  /** Reads what an earlier life kept; they go on. */
  open(): Promise<void>
  /** @throws which_host, permission_denied, usage */
  watch(from: Asked, everySeconds: number): Promise<BoardSummary>
  /** @returns the hosts of those that ended @throws nothing_to_do */
  unwatch(from: Pick<Asked, 'actor' | 'place' | 'host'>): Promise<string[]>
  /** @returns whether it is about a board */
  hear(message: BotMessage): Promise<boolean>
  /** To be called about once a second. */
  tick(): Promise<void>
  stop(): Promise<void>
}

interface Asked {
  request: string
  actor: Actor
  place: Place
  /** Where one was named. */
  host?: string
}

export interface BoardsDeps extends Posting {
  shelf: Shelf
  commands: readonly Command[]
  policy: Policy
  hostOf(place: Place): string | undefined
  adapters: ReadonlyMap<string, ChatAdapter>
  alarm(what: string, details: Record<string, unknown>): void
}

/** What a board asks, and what whoever begins one must be allowed to say. */
const question = 'proxy status'
const lifeMilliseconds = 24 * 3600_000
const againMilliseconds = 5000
const identityMilliseconds = 5 * 60_000
const mostBoards = 20

/** `hearingSince`: since when hosts are listened to. */
export function createBoards(deps: BoardsDeps, hearingSince: () => number): Boards {
  const { now, zone, commands, policy, hosts, hostOf, adapters, alarm } = deps
  const boards = createKept<Board>({ ...deps, schema: boardSchema })
  const questions = createBoardQuestions(deps)
  const alone = createMutex()
  const underway = new Map<string, Promise<void>>()
  /** By when each message may be edited again. */
  const notBefore = new Map<string, number>()
  /** When it was last asked who somebody is. */
  const identifiedAt = new Map<string, number>()
  let isStopped = false

  const live = () => boards.all().filter(({ over }) => over === undefined)
  const hostCalled = (name: string) => hosts().find((host) => host.name === name)

  function cardOf(board: Board) {
    const host = hostCalled(board.host)
    return boardCard(board, { now: now(), zone, isAway: host !== undefined && isAway(host, now(), hearingSince()) })
  }

  function keep(id: string, next: (board: Board) => Board | undefined): Promise<void> {
    return alone(async () => {
      const board = boards.get(id)
      const changed = board === undefined ? undefined : next(board)
      if (changed !== undefined) await boards.put(changed)
    })
  }

  async function end(id: string, why: string): Promise<void> {
    questions.forget(id)
    await keep(id, (board) => (board.over === undefined ? { ...board, over: why } : undefined))
    show(id)
  }

  function show(id: string): void {
    const board = boards.get(id)
    if (isStopped || board === undefined || underway.has(id) || (notBefore.get(id) ?? 0) > now()) return
    if (hashOfCard(cardOf(board)) === board.shown) return
    const work = bringUpToDate(board)
      .catch((error: unknown) => {
        if (isStopped) return
        notBefore.set(id, now() + againMilliseconds)
        alarm('a board could not be shown', { board: id, error: String(error) })
      })
      .finally(() => underway.delete(id))
    underway.set(id, work)
  }

  async function bringUpToDate(board: Board): Promise<void> {
    const { id, place, message: stands } = board
    const adapter = adapters.get(place.platform)
    const card = cardOf(board)
    const toCome = boardToCome(card, board.host)
    const keepMessage = (message: string) => keep(id, (latest) => ({ ...latest, message }))
    // it ended before anybody saw it
    if (adapter === undefined || (stands === undefined && board.over !== undefined)) return forget(id)
    try {
      const message = await bring({ adapter, place, card, toCome, message: stands, whereGone: 'leave', keep: keepMessage })
      notBefore.set(id, now() + betweenEdits)
      await keep(id, (latest) => ({ ...latest, message, shown: hashOfCard(card) }))
    } catch (error) {
      const { code, message: why } = toJailopsError(error)
      if (code !== 'message_gone' && code !== 'cannot_show') throw error
      await forget(id)
      // whoever took its message away knows
      if (stands === undefined) await adapter.whisper(place, board.actor, { title: 'The live board cannot be shown here', text: why })
    }
  }

  function forget(id: string): Promise<void> {
    questions.forget(id)
    identifiedAt.delete(id)
    notBefore.delete(id)
    return alone(() => boards.remove(id))
  }

  /** Groups change, and people leave. */
  function identifyAgain({ id, place, actor }: Board): void {
    if (now() - (identifiedAt.get(id) ?? 0) < identityMilliseconds) return
    identifiedAt.set(id, now())
    const asked = adapters.get(place.platform)?.identify(actor)
    // what a platform does not say now it is asked again
    asked?.then((known) => keep(id, (board) => ({ ...board, actor: known }))).catch(() => identifiedAt.delete(id))
  }

  /** Why it must end now, if it must. */
  function endOf({ host, endsAt, actor }: Board): string | undefined {
    if (now() >= endsAt) return 'It ended by itself after 24 hours. /proxy watch start begins a new one.'
    if (hostCalled(host) === undefined) return `It ended: host ${host} is named in jailops.yaml no more.`
    try {
      permitted(policy, actor, statusCommand(commands))
      return undefined
    } catch {
      return `It ended: ${actor.name}, who began it, may not say /proxy status any more.`
    }
  }

  function ask(board: Board): void {
    const host = hostCalled(board.host)
    // an away host's queue is no place to pile up questions; it is heard of when it is back
    if (host === undefined || isAway(host, now(), hearingSince())) return
    identifyAgain(board)
    questions.ask(board, { command: statusCommand(commands), person: personOf(policy, board.actor) })
  }

  return {
    open: () => boards.open(),
    async watch({ request, actor, place, host: named }, everySeconds) {
      const command = statusCommand(commands)
      permitted(policy, actor, command)
      if (adapters.get(place.platform)?.traits.keepsMessages !== true)
        throw new JailopsError('usage', 'A live board needs a channel whose messages stay: say it in a chat, or say /proxy status here.')
      const { name: host } = chooseHost(hosts(), { command, args: {}, named, channel: hostOf(place) })
      const others = live().filter((board) => isSameChannel(board.place, place) && board.host === host && board.id !== `b${request}`)
      if (live().length - others.length >= mostBoards)
        throw new JailopsError('usage', `There are ${mostBoards} live boards already; end one with /proxy watch stop in its channel.`)
      for (const { id } of others) await end(id, 'It goes on in a newer message further down in this channel.')
      const known = boards.get(`b${request}`)
      const startedAt = now()
      const board = known ?? { id: `b${request}`, place, host, actor, everySeconds, startedAt, endsAt: startedAt + lifeMilliseconds }
      if (known === undefined) await alone(() => boards.put(board))
      ask(board)
      show(board.id)
      return { host, everySeconds: board.everySeconds, endsAt: board.endsAt, isMoved: others.length > 0 }
    },
    async unwatch({ actor, place, host }) {
      const here = live().filter((board) => isSameChannel(board.place, place) && (host === undefined || board.host === host))
      if (here.length === 0) {
        const of = host === undefined ? '' : ` of ${host}`
        throw new JailopsError('nothing_to_do', `There is no live board${of} in this channel; /proxy watch start begins one.`)
      }
      for (const { id } of here) await end(id, `${actor.name} ended it.`)
      return here.map((board) => board.host)
    },
    async hear(message) {
      const id = questions.answered(message)
      const { body } = message
      if (id === undefined || body.kind !== 'result') return false
      const { answer, sentence = 'It did not say why.' } = body
      const said = { at: now(), ...(answer === undefined ? { problem: sentence } : { answer }) }
      await keep(id, (board) => ({ ...board, said }))
      show(id)
      return true
    },
    async tick() {
      for (const board of boards.all()) {
        const why = board.over ?? endOf(board)
        if (why !== undefined && board.over === undefined) await end(board.id, why)
        if (why === undefined) ask(board)
        show(board.id)
        if (board.over !== undefined && board.shown === hashOfCard(cardOf(board))) await forget(board.id)
      }
    },
    async stop() {
      isStopped = true
      for (const { id } of boards.all()) questions.forget(id)
      await Promise.all(underway.values())
    },
  }
}

function statusCommand(commands: readonly Command[]): Command {
  const found = commands.find(({ path, risk }) => path === question && risk === 'read')
  if (found !== undefined) return found
  throw new JailopsError('unknown_command', `There is no /${question} here, and a live board shows what that says.`)
}

function isSameChannel(one: Place, other: Place): boolean {
  return one.platform === other.platform && one.channel === other.channel
}
