import { randomInt, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Card } from '../../src/core/card.ts'
import { JailopsError } from '../../src/core/errors.ts'
import type { Demo } from '../support/demo.ts'

/** Counts of what must never happen; everything is 0 in a campaign that went well. */
export interface Verdict {
  kills: { bot: number; worker: number; redis: number }
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

/** Kills bot, worker and Redis at random moments while people create, route, destroy and restore jails; then looks at what is true. */
export async function killCampaign(demo: Demo, kills: number): Promise<Verdict> {
  const before = hostFiles(demo)
  const verdict: Verdict = {
    kills: { bot: 0, worker: 0, redis: 0 },
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
  const killer = killAtRandom(demo, kills, verdict.kills).finally(() => (over = true))
  await Promise.all(['amy', 'ben', 'cat'].map((jail) => liveALife(demo, jail, () => over, told, verdict)))
  await killer
  checkJournals(demo, told, verdict)
  checkLeftovers(demo, before, verdict)
  verdict.requests = told.length
  for (const { card } of told) if (card !== undefined) verdict.ends[card.state] = (verdict.ends[card.state] ?? 0) + 1
  return verdict
}

async function killAtRandom(demo: Demo, kills: number, count: Verdict['kills']): Promise<void> {
  const victims = ['worker', 'worker', 'bot', 'redis'] as const
  for (let killed = 0; killed < kills;) {
    await delay(randomInt(50, 2500))
    const victim = victims[randomInt(victims.length)] ?? 'worker'
    try {
      process.kill(demo.pid(victim), 'SIGKILL')
      count[victim]++
      killed++
    } catch {
      // between two lives; the next one
    }
  }
}

/** create → add → destroy → restore → destroy, again and again, each checked against the host itself. */
async function liveALife(demo: Demo, jail: string, isOver: () => boolean, told: Told[], verdict: Verdict): Promise<void> {
  const site = `${jail}.example.com`
  const act = (text: string) => sayUntilDone(demo, text, told, verdict)
  for (;;) {
    if (!(await act(`jail create ${jail}`))) continue
    await expectHost(verdict, `${jail} was created`, async () => existsSync(confOf(demo, jail)) && existsSync(rootOf(demo, jail)))
    if (await act(`proxy add ${site}`)) {
      await expectHost(verdict, `${site} answers`, async () => (await demo.get(site)).body.includes(`served by jail ${jail}`))
    }
    await act(`jail destroy ${jail}`)
    await expectHost(
      verdict,
      `${jail} is gone`,
      async () => !existsSync(confOf(demo, jail)) && !existsSync(rootOf(demo, jail)) && (await demo.get(site)).status === 421,
    )
    if (await act(`jail restore ${jail}`)) {
      await expectHost(verdict, `${jail} is back`, async () => existsSync(confOf(demo, jail)) && existsSync(rootOf(demo, jail)))
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
function checkJournals(demo: Demo, told: readonly Told[], verdict: Verdict): void {
  const folder = join(demo.stateDir, 'worker/journal')
  for (const { request, card, text } of told) {
    const path = join(folder, request ?? 'none', 'entries.jsonl')
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
    if (end !== undefined && end.state !== card.state)
      verdict.misreported.push(`${text} (${request}) ended ${end.state}, its card says ${card.state}`)
    if (end === undefined && card.state === 'done') verdict.misreported.push(`${text} (${request}) is done by its card only`)
  }
}

function checkLeftovers(demo: Demo, before: ReadonlySet<string>, verdict: Verdict): void {
  for (const file of hostFiles(demo)) if (!before.has(file)) verdict.leftBehind.push(file)
}

/** All paths of the host but the trash, logs and run-time files. */
function hostFiles(demo: Demo): Set<string> {
  const found = new Set<string>()
  const walk = (folder: string) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      const shown = relative(demo.hostFolder, path)
      if (/^(usr\/jails\/\.(trash|base)|var\/(log|run)|tmp)/.test(shown)) continue
      found.add(shown)
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) walk(path)
    }
  }
  walk(demo.hostFolder)
  return found
}

function confOf(demo: Demo, jail: string): string {
  return join(demo.hostFolder, 'etc/jail.conf.d', `${jail}.conf`)
}

function rootOf(demo: Demo, jail: string): string {
  return join(demo.hostFolder, 'usr/jails', jail)
}
