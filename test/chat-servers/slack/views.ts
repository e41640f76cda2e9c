import { randomBytes } from 'node:crypto'
import type { ViewOutput, ViewStateValue } from '@slack/bolt'
import type { KnownBlock, Option, PlainTextElement, View } from '@slack/types'
import { stateOf } from './form.ts'
import type { OpenView } from './interface.ts'
import { refusal } from './refusal.ts'
import { bot, team } from './world.ts'

const deepest = 3

/** A modal or home tab on one person's screen. */
export interface Screen {
  id: string
  user: string
  spec: View
  hash: string
  values: Record<string, Record<string, ViewStateValue>>
  errors: Record<string, string>
  rootId: string
  previousId: string | undefined
  /** By action_id, what the app last suggested. */
  offered: Map<string, Option[]>
}

export class Views {
  readonly #stacks = new Map<string, Screen[]>()
  readonly #homes = new Map<string, Screen>()
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** What was open before is gone. @throws Refusal duplicate_external_id */
  open(user: string, spec: View): Screen {
    this.#stacks.delete(user)
    return this.#add(user, spec, [])
  }

  /** @throws Refusal push_limit_reached, duplicate_external_id, not_found */
  push(user: string, spec: View): Screen {
    const stack = this.#stacks.get(user) ?? []
    if (stack.length === 0) throw refusal('not_found')
    if (stack.length >= deepest) throw refusal('push_limit_reached')
    return this.#add(user, spec, stack)
  }

  publish(user: string, spec: View, hash: string | undefined): Screen {
    const known = this.#homes.get(user)
    if (known) return this.#change(known, spec, hash)
    const home = newScreen(user, spec, undefined)
    this.#homes.set(user, home)
    this.#changed()
    return home
  }

  /** @throws Refusal not_found, hash_conflict */
  update(by: { viewId?: string | undefined; externalId?: string | undefined }, spec: View, hash?: string): Screen {
    const screen = this.all().find(({ id, spec: { external_id } }) =>
      by.viewId === undefined ? external_id !== undefined && external_id === by.externalId : id === by.viewId,
    )
    if (!screen) throw refusal('not_found')
    return this.#change(screen, spec, hash)
  }

  /** Takes away one, or all of the person's. */
  close(screen: Screen, all = false): void {
    const left = all ? [] : this.of(screen.user).filter(({ id }) => id !== screen.id)
    if (left.length === 0) this.#stacks.delete(screen.user)
    else this.#stacks.set(screen.user, left)
    this.#changed()
  }

  setErrors(screen: Screen, errors: Record<string, string>): void {
    screen.errors = errors
    this.#changed()
  }

  of(user: string): Screen[] {
    return [...(this.#stacks.get(user) ?? [])]
  }

  home(user: string): Screen | undefined {
    return this.#homes.get(user)
  }

  homes(): Screen[] {
    return [...this.#homes.values()]
  }

  all(): Screen[] {
    return [...this.#stacks.values()].flat()
  }

  /** @throws Error where it is not on this person's screen */
  seenBy(user: string, id: string): Screen {
    const screen = [...this.of(user), ...this.homes().filter((home) => home.user === user)].find((each) => each.id === id)
    if (!screen) throw new Error(`${user} has no view ${id} open`)
    return screen
  }

  #add(user: string, spec: View, below: Screen[]): Screen {
    const { external_id } = spec
    if (external_id !== undefined && this.all().some((screen) => screen.spec.external_id === external_id)) {
      throw refusal('duplicate_external_id')
    }
    const screen = newScreen(user, spec, below)
    this.#stacks.set(user, [...below, screen])
    this.#changed()
    return screen
  }

  #change(screen: Screen, spec: View, hash: string | undefined): Screen {
    if (hash !== undefined && hash !== screen.hash) throw refusal('hash_conflict')
    // What was filled in stays where the block and the action are still there.
    const values = stateOf(blocksOf(spec), screen.values)
    Object.assign(screen, { spec, hash: newHash(), values, errors: {} })
    this.#changed()
    return screen
  }
}

export function blocksOf({ blocks }: View): KnownBlock[] {
  return blocks as KnownBlock[]
}

export function openView(screen: Screen): OpenView {
  return { id: screen.id, user: screen.user, view: viewOutput(screen), errors: screen.errors }
}

export function viewOutput({ id, spec, hash, values, rootId, previousId }: Screen): ViewOutput {
  const modal = spec.type === 'modal' ? spec : undefined
  return {
    id,
    team_id: team.id,
    type: spec.type,
    blocks: blocksOf(spec),
    private_metadata: spec.private_metadata ?? '',
    callback_id: spec.callback_id ?? '',
    state: { values },
    hash,
    title: modal?.title ? withEmoji(modal.title) : { type: 'plain_text', text: 'View Title' },
    clear_on_close: modal?.clear_on_close ?? false,
    notify_on_close: modal?.notify_on_close ?? false,
    close: modal?.close ? withEmoji(modal.close) : null,
    submit: modal?.submit ? withEmoji(modal.submit) : null,
    previous_view_id: previousId ?? null,
    root_view_id: rootId,
    app_id: bot.appId,
    external_id: spec.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: bot.botId,
  } satisfies ViewOutput
}

function withEmoji({ text, emoji = true }: PlainTextElement): { type: 'plain_text'; text: string; emoji: boolean } {
  return { type: 'plain_text', text, emoji }
}

function newScreen(user: string, spec: View, below: Screen[] | undefined): Screen {
  const id = `V${randomBytes(5).toString('hex').toUpperCase()}`
  return {
    id,
    user,
    spec,
    hash: newHash(),
    values: stateOf(blocksOf(spec)),
    errors: {},
    rootId: below?.[0]?.id ?? id,
    previousId: below?.at(-1)?.id,
    offered: new Map(),
  }
}

function newHash(): string {
  return `${Date.now()}.${randomBytes(4).toString('hex')}`
}
