import type { ChatAdapter, Place } from '../chat/adapter.ts'
import type { BotContext, Command } from '../core/command.ts'
import type { BotMessage } from '../core/message.ts'
import type { Policy } from '../core/policy.ts'
import { showTime } from '../core/until.ts'
import type { Shelf } from '../queue/shelf.ts'
import { type Alerting, createAlerting } from './alerting.ts'
import type { Posting } from './asking.ts'
import { type Boards, createBoards } from './boards.ts'
import type { RequestRecord } from './record.ts'

/** What the bot shows by itself, without a request of its own: alerts, and live boards. */
export interface Unasked {
  /** Takes up what an earlier life kept. */
  open(): Promise<void>
  /** @returns whether it is about such a thing */
  hear(message: BotMessage): Promise<boolean>
  /** To be called about once a second. */
  tick(): Promise<void>
  stop(): Promise<void>
  /** What the commands about them may do. `host`: where one was named. */
  doors(record: RequestRecord, host: string | undefined): UnaskedDoors
}

export type UnaskedDoors = Pick<BotContext<unknown>, 'alerts' | 'acknowledge' | 'silence' | 'watch' | 'unwatch' | 'showTime'>

export interface UnaskedDeps extends Posting {
  /** Where alerts and boards are kept. */
  shelves: { alerts: Shelf; boards: Shelf }
  /** Where alerts are posted. */
  alertChannels: readonly Place[]
  commands: readonly Command[]
  policy: Policy
  /** The host that is meant in a place where none is named; undefined where it has no default. */
  hostOf(place: Place): string | undefined
  alarm(what: string, details: Record<string, unknown>): void
}

/** `hearingSince`: since when hosts are listened to. */
export function createUnasked(deps: UnaskedDeps, adapters: ReadonlyMap<string, ChatAdapter>, hearingSince: () => number): Unasked {
  const { shelves, alertChannels: channels, zone } = deps
  const alerting: Alerting = createAlerting({ ...deps, adapters, channels, shelf: shelves.alerts })
  const boards: Boards = createBoards({ ...deps, adapters, shelf: shelves.boards }, hearingSince)
  return {
    async open() {
      await Promise.all([alerting.open(), boards.open()])
    },
    async hear(message) {
      if (message.body.kind !== 'alerts') return boards.hear(message)
      await alerting.hear(message)
      return true
    },
    async tick() {
      await Promise.all([alerting.tick(), boards.tick()])
    },
    async stop() {
      await Promise.all([alerting.stop(), boards.stop()])
    },
    doors({ id, createdAt, incoming: { actor, place } }, host) {
      const named = host === undefined ? {} : { host }
      return {
        alerts: () => alerting.list(),
        acknowledge: (alert) => alerting.acknowledge(alert, actor.name, createdAt),
        silence: (alert, milliseconds) => alerting.silence(alert, actor.name, createdAt, milliseconds),
        watch: (everySeconds) => boards.watch({ request: id, actor, place, ...named }, everySeconds),
        unwatch: () => boards.unwatch({ actor, place, ...named }),
        showTime: (moment) => showTime(moment, zone),
      }
    },
  }
}
