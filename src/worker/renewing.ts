import { createHash } from 'node:crypto'
import { parseArguments } from '../core/arguments.ts'
import type { Clock } from '../core/clock.ts'
import { type Command, definitionHash } from '../core/command.ts'
import type { FactName, ObservedFacts } from '../core/host.ts'
import { type HostMessage, messageId } from '../core/message.ts'
import type { Certificate } from '../core/proxy.ts'
import type { Journal, JournalFolder } from './journal.ts'

/** Renews the certificates that we got, in time, as requests of the host's own: planned, journaled and undone like anybody's. */
export interface Renewing {
  start(): void
  /** One look at what is due. */
  round(): Promise<void>
  /** A request has ended: a renewal that failed is not silent. */
  ended(journal: Pick<Journal, 'all' | 'last' | 'request'>): void
  /** Why the last try failed; undefined where it did not, or that was in an earlier life. */
  problem(site: string): string | undefined
  stop(): void
}

export interface RenewingDeps {
  host: string
  now: Clock
  /** Before its end, of one that lives long. */
  renewDays: number
  commands: readonly Command[]
  journals: Pick<JournalFolder, 'exists'>
  observe(wanted: readonly FactName[], reserved: { others: string[]; here: string[] }): Promise<ObservedFacts>
  /** Takes a request that the host makes of itself. */
  begin(message: HostMessage): Promise<void>
  alarm(what: string, details: Record<string, unknown>): void
}

/** As journals name who asked. */
const itself = 'jailops'
const renew = 'proxy https renew'
const everyMilliseconds = 3600_000
const day = 24 * 3600_000

export function createRenewing(deps: RenewingDeps): Renewing {
  const { host, now, renewDays, journals, observe, begin, alarm } = deps
  const problems = new Map<string, string>()
  let timer: NodeJS.Timeout | undefined

  async function round(): Promise<void> {
    const command = deps.commands.find(({ path }) => path === renew)
    if (command === undefined) return
    const { proxy } = await observe(['proxy'], { others: [], here: [] })
    // who is not routed is answered 421, so an authority would not find what it looks for
    const ours = proxy.certificates.filter((one) => one.isRenewed && proxy.routes.some((route) => route.host === one.site))
    for (const certificate of ours) {
      const attempt = attemptAt(host, certificate, { now: now(), renewDays })
      if (attempt === undefined) continue
      const request = requestOf(host, certificate, attempt)
      if (await journals.exists(request)) continue
      await begin(messageOf(command, { host, request, site: certificate.site, at: now() }))
    }
  }

  const safely = () => void round().catch((error: unknown) => alarm('certificates could not be looked at', { error: String(error) }))

  return {
    round,
    start() {
      safely()
      timer = setInterval(safely, everyMilliseconds)
    },
    ended(journal) {
      const asked = journal.all('message')[0]?.message.body
      const end = journal.last('end')
      if (asked?.kind !== 'plan' || asked.command !== renew || end === undefined) return
      const site = String(asked.args['site'])
      if (end.state === 'done') problems.delete(site)
      if (asked.person !== itself || end.state === 'done') return
      // said before, by an earlier life
      if (now() - end.at > everyMilliseconds) return
      problems.set(site, end.sentence ?? `It ended as ${end.state} and did not say why.`)
      alarm('a certificate was not renewed', { request: journal.request, ...asked.args, state: end.state, sentence: end.sentence })
    },
    problem: (site) => problems.get(site),
    stop: () => clearInterval(timer),
  }
}

/**
 * Which try it is now, from 0; undefined: not yet. What lives shortly is renewed in its last third and tried more often. Each has a moment
 * of its own, so that an authority is not asked for all of them at once.
 */
export function attemptAt(
  host: string,
  { site, startsAt, expiresAt }: Pick<Certificate, 'site' | 'startsAt' | 'expiresAt'>,
  { now, renewDays }: { now: number; renewDays: number },
): number | undefined {
  const life = expiresAt - startsAt
  const pause = Math.min(day, life / 30)
  const dueAt = expiresAt - Math.min(renewDays * day, life / 3) + pause * fractionOf(`${host} ${site}`)
  return now < dueAt || pause <= 0 ? undefined : Math.floor((now - dueAt) / pause)
}

/** The same try has the same id, whoever lives: it is begun once, also by a worker that was started again. */
function requestOf(host: string, { site, expiresAt }: Certificate, attempt: number): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const bytes = createHash('sha256').update(`renew ${host} ${site} ${expiresAt} ${attempt}`).digest().subarray(0, 15)
  return `r${Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)).join('')}`
}

function messageOf(
  command: Command,
  { host, request, site, at }: { host: string; request: string; site: string; at: number },
): HostMessage {
  const until = at + everyMilliseconds
  return {
    id: messageId(request, 'plan', 1),
    request,
    host,
    issuedAt: at,
    expiresAt: until,
    body: {
      kind: 'plan',
      command: command.path,
      args: parseArguments(command, { site }).args,
      definition: definitionHash(command),
      person: itself,
      // whoever owns the site asked for it when they had the certificate got
      granted: command.risk === 'change' ? [...(command.grants ?? [])] : [],
      execute: true,
      dryRun: false,
      reserveUntil: until,
    },
  }
}

/** From 0 to 1, the same for the same. */
function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
