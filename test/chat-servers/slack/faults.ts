import type { Fault, SlackFaults } from './interface.ts'

/** What the bot asks for when it is installed. */
export const defaultScopes = [
  'app_mentions:read',
  'chat:write',
  'commands',
  'files:write',
  'im:write',
  'users:read',
  'usergroups:read',
] as const

export class Faults implements SlackFaults {
  lateMs = 0
  isTwice = false
  isTokenExpired = false
  readonly scopes: Set<string>
  readonly #granted: readonly string[]
  #planned: { method: string; fault: Fault; left: number }[] = []

  constructor(scopes: readonly string[] = defaultScopes) {
    this.#granted = scopes
    this.scopes = new Set(scopes)
  }

  next(method: string, fault: Fault, { times = 1 } = {}): void {
    this.#planned.push({ method, fault, left: times })
  }

  late(ms: number): void {
    this.lateMs = ms
  }

  twice(on = true): void {
    this.isTwice = on
  }

  expireToken(): void {
    this.isTokenExpired = true
  }

  revokeScope(scope: string): void {
    this.scopes.delete(scope)
  }

  clear(): void {
    this.#planned = []
    this.lateMs = 0
    this.isTwice = false
    this.isTokenExpired = false
    for (const scope of this.#granted) this.scopes.add(scope)
  }

  /** As a header and missing_scope put it. */
  granted(): string {
    return [...this.scopes].join(',')
  }

  /** The fault this call meets; it is used up. */
  take(method: string): Fault | undefined {
    const plan = this.#planned.find((each) => each.method === method || each.method === '*')
    if (!plan) return undefined
    plan.left -= 1
    if (plan.left <= 0) this.#planned = this.#planned.filter((each) => each !== plan)
    return plan.fault
  }
}
