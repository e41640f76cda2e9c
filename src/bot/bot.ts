import { setImmediate as afterwards, setTimeout as delay } from 'node:timers/promises'
import { findCommand } from '../core/arguments.ts'
import { hasEnded } from '../core/card.ts'
import { toJailopsError } from '../core/errors.ts'
import type { BotMessage } from '../core/message.ts'
import { createKeyedMutex } from '../core/mutex.ts'
import type { ChatAdapter, Door, Place } from '../chat/adapter.ts'
import { answerItself } from './answering.ts'
import { asking } from './asking.ts'
import { createChanges, judgeOnceTold } from './changes.ts'
import { commandsOf, complete, knownValues, type WhatIsKnown } from './completion.ts'
import { createFanOut, isFanOut } from './fan-out.ts'
import { formFor } from './forms.ts'
import { createConfiding } from './confiding.ts'
import { afterAnswer } from './hearing.ts'
import { judge, permitted } from './judge.ts'
import type { RequestRecord } from './record.ts'
import { afterRemoval, isForRemovedHost } from './removed.ts'
import type { Requests } from './requests.ts'
import { createShowing } from './showing.ts'
import { afterTime, notHeardOf, withPlanShown } from './timing.ts'
import { createUnasked, type UnaskedDeps } from './unasked.ts'

export interface BotDeps extends UnaskedDeps {
  requests: Requests
  adapters: readonly ChatAdapter[]
  /** Other places that show what is said in this one. */
  mirrorsOf(place: Place): readonly Place[]
  /** Of jailops. */
  version: string
  /** Proves which host signed it. @throws bad_signature */
  verify(token: string): Promise<BotMessage>
  keepInventory(message: BotMessage, token: string): Promise<void>
  /** True when its sender was told that nothing was done, although it was stored after all. */
  wasAbandoned(request: string): boolean
}

export interface Bot {
  /** Takes up every open request again, then opens the doors. */
  start(): Promise<void>
  /** Something a host said, from the bot's queue. */
  hear(id: string, token: string): Promise<void>
  /** To be called about once a second: what is due by now. */
  tick(): Promise<void>
  stop(): Promise<void>
}

/** What was said longer ago is not carried out any more: nobody expects it, and a store that was tampered with may bring it back. */
const staleMilliseconds = 120_000

const graceMilliseconds = 1000
/** How long an acknowledgement has the machine to itself. */
const acknowledgementMilliseconds = 10

/** The story of an invocation, from the chat to its card's last state. */
export function createBot(deps: BotDeps): Bot {
  const { requests, now, alarm } = deps
  const adapters = new Map(deps.adapters.map((adapter) => [adapter.platform, adapter]))
  const showing = createShowing({ requests, alarm, adapters, mirrorsOf: deps.mirrorsOf })
  const confiding = createConfiding({ adapters, alarm })
  const host = asking(deps, () => hearingSince, confiding.keyFor)
  const fanOut = createFanOut({ ...deps, change }, () => hearingSince)
  const unasked = createUnasked(deps, adapters, () => hearingSince)
  const changes = createChanges()
  const alone = createKeyedMutex()
  const underway = new Set<Promise<unknown>>()
  /** Stored invocations that could not go on, for example because the store failed: the next tick tries again. */
  const stuck = new Set<string>()
  let hearingSince = now()

  const door: Door = {
    // stored, then acknowledged; what follows happens behind the acknowledgement
    async receive(incoming, acknowledge) {
      const { id, fresh } = await requests.admit(incoming)
      const acknowledged = acknowledge?.(id)
      if (fresh) follow(id, goOnAfter(acknowledged, id))
      return { request: id }
    },
    complete: (text, actor) => complete(text, actor, whatIsKnown()),
    values: (question) => knownValues(question, whatIsKnown()),
    commands: (actor) => commandsOf(actor, whatIsKnown()),
    form: (said) => formFor(said, deps.commands),
    may: (path, actor) => void permitted(deps.policy, actor, findCommand(deps.commands, path.split(' ')).command),
    async card(id) {
      const record = await requests.get(id)
      return record === undefined ? undefined : showing.card(record)
    },
  }

  function whatIsKnown(): WhatIsKnown {
    const { commands, policy } = deps
    return { commands, policy, hosts: deps.hosts(), now: now(), hearingSince, waiting: () => requests.live().flatMap(lineOf) }
  }

  /** In the event loop's next turn at the earliest: in this one the acknowledgement is written. A slow one is not waited for. */
  async function goOnAfter(acknowledged: Promise<unknown> | undefined, id: string): Promise<void> {
    await afterwards()
    if (acknowledged !== undefined) await Promise.race([acknowledged, delay(acknowledgementMilliseconds)])
    await goOn(id)
  }

  /** A stored invocation becomes a request: refused, answered by the bot itself, or on its way to a host. */
  async function goOn(id: string): Promise<void> {
    const record = await requests.get(id)
    // a question to all hosts that an earlier life left open is judged anew, and asked anew
    if (record === undefined || !isToBeJudged(record) || fanOut.isUnderway(id)) return
    if (deps.wasAbandoned(id))
      return void (await change(id, (latest) => refused(latest, 'stored_too_late', 'It came too late, so nothing was done.')))
    if (now() - record.createdAt > staleMilliseconds) {
      const sentence = 'It lay for too long while the bot was away, so the bot did not take it up. Say it again.'
      return void (await change(id, (latest) => (isToBeJudged(latest) ? refused(latest, 'stored_too_late', sentence) : undefined)))
    }
    let { incoming } = record
    try {
      const adapter = adapters.get(incoming.place.platform)
      if (adapter !== undefined) incoming = { ...incoming, actor: await adapter.identify(incoming.actor) }
      const judgement = await judgeOnceTold(changes, () => judge(incoming, { ...deps, hosts: deps.hosts(), now: now() }))
      if (judgement.command.risk === 'bot') {
        const known = { ...record, incoming }
        const answered = await answerItself(judgement.command, judgement, known, {
          ...deps,
          ...host,
          keyFor: confiding.keyFor,
          change,
          card: showing.card,
          hearingSince: () => hearingSince,
          unasked: unasked.doors(known, judgement.host?.name),
        })
        await change(id, (latest) => (latest.state === 'stored' ? { ...latest, ...answered, incoming, state: 'done' } : undefined))
      } else if (judgement.hosts !== undefined) {
        await fanOut.begin(id, incoming, judgement)
      } else {
        await change(id, (latest) => (latest.state === 'stored' ? host.ask({ ...latest, incoming }, judgement) : undefined))
      }
    } catch (error) {
      const { code, message, cause } = toJailopsError(error)
      if (code === 'internal') alarm('a request failed inside the bot', { request: id, error: String(cause) })
      await change(id, (latest) => (isToBeJudged(latest) ? refused({ ...latest, incoming }, code, message) : undefined))
      await tellPresser(record, message)
    }
  }

  /** Stored first; then the host is sent what it should have, and the card follows. */
  async function change(
    id: string,
    next: (record: RequestRecord) => Promise<RequestRecord | undefined> | RequestRecord | undefined,
  ): Promise<RequestRecord | undefined> {
    const stored = await requests.change(id, next)
    if (stored === undefined) return undefined
    for (const message of stored.outgoing) host.send(stored, message)
    if (hasEnded(stored.state)) {
      fanOut.over(id)
      confiding.forget(id)
    }
    showing.show(id)
    return stored
  }

  async function hear(id: string, token: string): Promise<void> {
    const message = await deps
      .verify(token)
      .catch((error: unknown) => alarm('ignored a message that no host signed', { id, error: String(error) }))
    if (message === undefined) return
    if (message.id !== id) return alarm('ignored a message under a wrong id', { id, signed: message.id })
    if (message.body.kind === 'inventory' || message.body.kind === 'alive') {
      await deps.keepInventory(message, token)
      return changes.told(message.host, message.issuedAt)
    }
    if ((await unasked.hear(message)) || (await fanOut.hear(message))) return
    if (hasChangedHost(message.body)) changes.ended(message.host, message.issuedAt)
    // the same answer may come twice at once, and what is for the asker alone is shown once
    await alone(message.request, () => believe(message))
  }

  async function believe(message: BotMessage): Promise<void> {
    const told = await tellAsker(message)
    await change(message.request, (record) => {
      const next = afterAnswer(record, message)
      if (next !== undefined && told !== undefined) return { ...next, told }
      return next !== undefined && next.digest !== record.digest ? withPlanShown(next, now()) : next
    })
  }

  /** What is for the asker alone is shown before its card says so. That it is being shown is stored first: a second time, nobody could. */
  async function tellAsker(message: BotMessage): Promise<RequestRecord['told']> {
    const { request, body } = message
    if (body.kind !== 'result' || body.sealed === undefined) return undefined
    const isNews = (record: RequestRecord) => afterAnswer(record, message) !== undefined && record.told === undefined
    if (!confiding.canOpen(request)) return (await requests.get(request))?.told ?? 'failed'
    const begun = await change(request, (record) => (isNews(record) ? { ...record, told: 'trying' } : undefined))
    return begun === undefined ? undefined : confiding.confide(begun, body.sealed)
  }

  async function tick(): Promise<void> {
    for (const id of stuck) {
      stuck.delete(id)
      follow(id, goOn(id))
    }
    showing.again(now())
    try {
      for (const record of requests.live()) {
        await change(record.id, async (latest) => {
          if (isForRemovedHost(latest, deps.hosts())) return afterRemoval(latest, await host.takeBack(latest))
          const due = afterTime(latest, now(), hearingSince)
          if (due === undefined) return undefined
          const back = await host.takeBack(due)
          return back === undefined ? notHeardOf(latest) : host.tell(back, { kind: 'cancel' })
        })
      }
      await fanOut.tick()
      await unasked.tick()
    } catch (error) {
      hearingSince = now()
      throw error
    }
  }

  /** A refused vote changes no card, so its sentence goes to the one who pressed. */
  async function tellPresser({ incoming }: RequestRecord, sentence: string): Promise<void> {
    if (incoming.said.kind !== 'press' || incoming.said.press.kind === 'say') return
    await adapters.get(incoming.place.platform)?.whisper(incoming.place, incoming.actor, { title: 'That did not count', text: sentence })
  }

  function follow(id: string, work: Promise<unknown>): void {
    const safe = work.catch((error: unknown) => {
      stuck.add(id)
      alarm('a request could not go on', { request: id, error: String(error) })
    })
    underway.add(safe)
    void safe.then(() => underway.delete(safe))
  }

  return {
    hear,
    tick,
    async start() {
      // read before anything new can come in, so that nothing is taken up twice
      const open = await requests.open()
      await unasked.open()
      for (const adapter of deps.adapters) await adapter.start(door)
      hearingSince = now()
      for (const record of open) {
        for (const message of record.outgoing) host.send(record, message)
        showing.show(record.id)
        follow(record.id, goOn(record.id))
      }
    },
    async stop() {
      fanOut.stop()
      // what is under way may still be shown, unless a platform is slow: then the next start shows it
      const grace = new AbortController()
      const idle = Promise.all(underway).then(() => showing.idle())
      await Promise.race([idle, delay(graceMilliseconds, undefined, { signal: grace.signal }).catch(() => undefined)])
      grace.abort()
      const shown = Promise.all([showing.stop(), unasked.stop()])
      for (const adapter of deps.adapters) await adapter.stop()
      await Promise.all(underway)
      await shown
    },
  }
}

function isToBeJudged(record: RequestRecord): boolean {
  return record.state === 'stored' || isFanOut(record)
}

function hasChangedHost(body: BotMessage['body']): boolean {
  return body.kind === 'result' && body.steps.some(({ state }) => state !== 'pending')
}

/** As a person would recognize it; nothing while its words are not understood. */
function lineOf({ id, asked, incoming }: RequestRecord): { id: string; line: string }[] {
  return asked === undefined ? [] : [{ id, line: `${asked.line} · ${incoming.actor.name}` }]
}

function refused(record: RequestRecord, reason: string, sentence: string): RequestRecord {
  return { ...record, state: reason === 'internal' ? 'failed' : 'refused', reason, sentence }
}
