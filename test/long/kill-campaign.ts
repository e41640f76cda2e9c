import { randomInt, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Card } from '../../src/core/card.ts'
import { JailopsError } from '../../src/core/errors.ts'
import type { Demo } from '../support/demo.ts'

/** Where a campaign takes place: a demo, and the host of it that is changed. */
export interface Ground {
  demo: Demo
  host: string
  /** Stands for `/` of the host. */
  hostFolder: string
  /** Its journals, which lie with the worker. */
  journals: string
  /** What its proxy answers for a host name. */
  get(site: string): Promise<{ status: number; body: string }>
  /** Cuts something of the way to the host, where there is one. @returns whether there was something to cut */
  cut?(): boolean
}

/** Counts of what must never happen; everything is 0 in a campaign that went well. */
export interface Verdict {
  kills: { bot: number; worker: number; redis: number; ssh: number }
  requests: number
  ends: Record<string, number>
  lost: string[]
  doubled: string[]
  stuck: string[]
  misreported: string[]
  leftBehind: string[]
}

interface Told {
  request?: string
  text: string
  card?: Card
}

const stuckAfterMilliseconds = 150_000

/** Kills bot, worker, Redis and (where there is any) ssh at random moments while people create, route, destroy and restore jails; then looks at what is true. */
export async function killCampaign(ground: Ground, kills: number): Promise<Verdict> {
  const before = hostFiles(ground)
  const verdict: Verdict = {
    kills: { bot: 0, worker: 0, redis: 0, ssh: 0 },
    requests: 0,
    ends: {},
    lost: [],
    doubled: [],
    stuck: [],
    misreported: [],
    leftBehind: [],
  }
  const told: Told[] = []
  let over = false
  const killer = killAtRandom(ground, kills, verdict.kills).finally(() => (over = true))
  await Promise.all(['amy', 'ben', 'cat'].map((jail) => liveALife(ground, jail, () => over, told, verdict)))
  await killer
  checkJournals(ground, told, verdict)
  checkLeftovers(ground, before, verdict)
  verdict.requests = told.length
  for (const { card } of told) if (card !== undefined) verdict.ends[card.state] = (verdict.ends[card.state] ?? 0) + 1
  return verdict
}

async function killAtRandom({ demo, cut }: Ground, kills: number, count: Verdict['kills']): Promise<void> {
  const victims = [...(['worker', 'worker', 'bot', 'redis'] as const), ...(cut === undefined ? [] : (['ssh', 'ssh', 'ssh'] as const))]
  for (let killed = 0; killed < kills;) {
    await delay(randomInt(50, 2500))
    const victim = victims[randomInt(victims.length)] ?? 'worker'
    try {
      if (victim !== 'ssh') process.kill(demo.pid(victim), 'SIGKILL')
      else if (cut?.() !== true) continue
      count[victim]++
      killed++
    } catch {
      // between two lives; the next one
    }
  }
}

/** create → add → destroy → restore → destroy, again and again, each checked against the host itself. */
async function liveALife(ground: Ground, jail: string, isOver: () => boolean, told: Told[], verdict: Verdict): Promise<void> {
  const site = `${jail}.example.com`
  const { demo, host, get } = ground
  const act = (text: string) => sayUntilDone(demo, `${text} host:${host}`, told, verdict)
  for (;;) {
    if (!(await act(`jail create ${jail}`))) continue
    await expectHost(verdict, `${jail} was created`, async () => existsSync(confOf(ground, jail)) && existsSync(rootOf(ground, jail)))
    if (await act(`proxy add ${site}`)) {
      await expectHost(verdict, `${site} answers`, async () => (await get(site)).body.includes(`served by jail ${jail}`))
    }
    await act(`jail destroy ${jail}`)
    await expectHost(
      verdict,
      `${jail} is gone`,
      async () => !existsSync(confOf(ground, jail)) && !existsSync(rootOf(ground, jail)) && (await get(site)).status === 421,
    )
    if (await act(`jail restore ${jail}`)) {
      await expectHost(verdict, `${jail} is back`, async () => existsSync(confOf(ground, jail)) && existsSync(rootOf(ground, jail)))
      await act(`jail destroy ${jail}`)
    }
    if (isOver()) return
  }
}

/** Says it, approves it, and follows it to its end; says it anew when it ended without having been done. @returns whether it was done */
async function sayUntilDone(demo: Demo, text: string, told: Told[], verdict: Verdict): Promise<boolean> {
  for (let attempt = 0; attempt < 8; attempt++) {
    const entry: Told = { text }
    told.push(entry)
    const limit = setTimeout(
      () => verdict.stuck.push(`${text} (${entry.request ?? 'no request'}) is ${entry.card?.state ?? 'not there'}`),
      stuckAfterMilliseconds,
    )
    try {
      entry.card = await sayAndApprove(demo, text, entry)
    } catch (error) {
      // an honest "nothing was done" is an end too; it made no request
      if (error instanceof JailopsError && entry.request === undefined && /store|bot_unreachable/.test(error.code)) continue
      verdict.lost.push(`${text} (${entry.request ?? 'no request'}): ${String(error)}`)
      continue
    } finally {
      clearTimeout(limit)
    }
    const { state, reason } = entry.card
    if (state === 'done') return true
    if (state === 'needs_human') verdict.misreported.push(`${text} needs a human: ${entry.card.text ?? ''}`)
    if (reason === 'jail_exists' || reason === 'unknown_jail' || reason === 'not_in_trash')
      verdict.misreported.push(`${text}: ${reason}, so an earlier card was not true`)
  }
  verdict.misreported.push(`${text} was never done in eight attempts`)
  return false
}

async function sayAndApprove(demo: Demo, text: string, entry: Told): Promise<Card> {
  let approving: Promise<void> | undefined
  return demo.say('ana', text, {
    delivery: randomUUID(),
    wait: 'end',
    onCard(card) {
      entry.request = card.request
      entry.card = card
      if (card.state !== 'waiting') return
      approving ??= approve(demo, card.request, () => entry.card?.state === 'waiting').finally(() => (approving = undefined))
    },
  })
}

/** As long as it waits: bot and store may be away meanwhile, and the plan may change under the vote. */
async function approve(demo: Demo, request: string, isWaiting: () => boolean): Promise<void> {
  while (isWaiting()) {
    await demo.say('bo', `approve ${request}`).catch(() => undefined)
    await delay(300)
  }
}

/** The host is asked directly; HAProxy and nginx may still be settling, so for a moment only. */
async function expectHost(verdict: Verdict, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    if (await holds().catch(() => false)) return
    await delay(100)
  }
  verdict.misreported.push(`the card says that ${what}, the host does not`)
}

/** Every request of ours has one journal at most, begun once and ended once, and no step done twice. */
function checkJournals({ journals }: Ground, told: readonly Told[], verdict: Verdict): void {
  for (const { request, card, text } of told) {
    const path = join(journals, request ?? 'none', 'entries.jsonl')
    if (card === undefined || !existsSync(path)) continue
    const entries: { kind: string; direction?: string; step?: number; state?: string }[] = readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length
    if (count('begun') > 1 || count('end') > 1)
      verdict.doubled.push(`${text} (${request}) began ${count('begun')} and ended ${count('end')} times`)
    const done = entries.filter((entry) => entry.kind === 'done').map((entry) => `${entry.direction} ${entry.step}`)
    if (new Set(done).size !== done.length) verdict.doubled.push(`${text} (${request}) did a step twice`)
    const end = entries.find((entry) => entry.kind === 'end')
    // taken back from its queue, so nothing was done; the host, which had planned it, says the same in its own word when it hears of that
    const isTakenBack = card.state === 'unreachable' && end?.state === 'cancelled' && count('begun') === 0
    if (end !== undefined && end.state !== card.state && !isTakenBack)
      verdict.misreported.push(`${text} (${request}) ended ${end.state}, its card says ${card.state}`)
    if (end === undefined && card.state === 'done') verdict.misreported.push(`${text} (${request}) is done by its card only`)
  }
}

function checkLeftovers(ground: Ground, before: ReadonlySet<string>, verdict: Verdict): void {
  for (const file of hostFiles(ground)) if (!before.has(file)) verdict.leftBehind.push(file)
}

/** All paths of the host but the trash, logs and run-time files; and what a restore to another address keeps beside the new configuration. */
function hostFiles({ hostFolder }: Ground): Set<string> {
  const found = new Set<string>()
  const walk = (folder: string) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      const shown = relative(hostFolder, path)
      if (/^(usr\/jails\/\.(trash|base)|var\/(log|run|db\/jailops)|tmp)/.test(shown)) continue
      if (/^etc\/jail\.conf\.d\/[a-z]+\.conf\.r[a-z0-9]{15}$/.test(shown)) continue
      found.add(shown)
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) walk(path)
    }
  }
  walk(hostFolder)
  return found
}

function confOf({ hostFolder }: Ground, jail: string): string {
  return join(hostFolder, 'etc/jail.conf.d', `${jail}.conf`)
}

function rootOf({ hostFolder }: Ground, jail: string): string {
  return join(hostFolder, 'usr/jails', jail)
}

/** The campaign's end, for a person. */
export function renderVerdict({ kills, requests, ends, lost, doubled, stuck, misreported, leftBehind }: Verdict): string {
  return (
    `kills ${JSON.stringify(kills)}, ${requests} requests ${JSON.stringify(ends)}: ` +
    `lost ${lost.length}, doubled ${doubled.length}, stuck ${stuck.length}, misreported ${misreported.length}, left behind ${leftBehind.length}\n`
  )
}

export const nothingWrong = { lost: [], doubled: [], stuck: [], misreported: [], leftBehind: [] }
