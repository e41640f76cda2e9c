import type { Alert, AlertThresholds } from '../../core/alert.ts'
import { type Certificate, type ProxyKind, proxyNames } from '../../core/proxy.ts'
import type { DownBackend } from './traffic.ts'

/** What was seen of a proxy at one moment. */
export interface ProxySeen {
  at: number
  kind: ProxyKind
  /** It is ours and starts with the host, and it is silent. */
  isGone: boolean
  /** undefined: nobody could say. `lastMinute`: without what was asked of a backend while it was down. */
  backends?: { down: readonly DownBackend[]; lastMinute: ReadonlyMap<string, { requests: number; errors5xx: number }> }
  /** Who is behind a backend. */
  who: ReadonlyMap<string, BackendBehind>
  certificates: readonly SeenCertificate[]
  /** How the running proxy and the files differ where that could not be mended. */
  drift: readonly string[]
}

/** `problem`: why its last renewal failed, where that is known. */
export type SeenCertificate = Certificate & { problem?: string }

export interface BackendBehind {
  jails: readonly BehindJail[]
  /** As people write them. */
  sites: readonly string[]
}
interface BehindJail {
  name: string
  isRunning: boolean
  /** An app of its own answers, not the jail's nginx. */
  isApp: boolean
}

/** Something is wrong, perhaps only for a moment. */
export interface Cause extends Omit<Alert, 'since' | 'flaps'> {
  /** For so long it must be so before it is an alert. */
  afterMilliseconds: number
  /** Since when it is known to be so, where the proxy itself says. */
  knownSince?: number
  /** How bad, where that changes from one look to the next: only what is much worse is said anew. */
  size?: number
}

type Action = Alert['actions'][number]

const day = 24 * 3600_000
/** Sooner than this somebody should drop what they are doing. */
const urgentDays = 3
const mostText = 300
/** Errors last for another look: what a jail that has just died left unanswered is told of once, as that it is down. */
const confirmedMilliseconds = 10_000

/** @param isOn it is an alert already: what holds it is less than what began it, so that it does not blink */
export function causesOf(seen: ProxySeen, thresholds: AlertThresholds, isOn: (key: string) => boolean): Cause[] {
  return [
    ...goneCause(seen, thresholds),
    ...(seen.backends?.down ?? []).map((down) => downCause(down, seen, thresholds)),
    ...[...(seen.backends?.lastMinute ?? [])].flatMap(([name, figures]) => errorsCause(name, figures, seen, thresholds, isOn)),
    ...seen.certificates.flatMap((certificate) => certificateCause(certificate, seen.at, thresholds)),
    ...driftCause(seen.drift),
  ]
}

function goneCause({ isGone, kind }: ProxySeen, { downSeconds }: AlertThresholds): Cause[] {
  if (!isGone) return []
  const silent = kind === 'nginx' ? 'its own figures cannot be asked' : 'its socket is silent'
  return [
    {
      key: 'proxy-gone',
      kind: 'proxy-gone',
      severity: 'critical',
      title: `${proxyNames[kind]} does not answer`,
      sentence: `It should run, and ${silent}: no site of this host can be reached. On the host: service ${kind} start`,
      actions: [{ label: 'Status', words: 'proxy status' }],
      afterMilliseconds: downSeconds * 1000,
    },
  ]
}

function downCause({ name, for: seconds, check }: DownBackend, { at, who, kind }: ProxySeen, { downSeconds }: AlertThresholds): Cause {
  const { jails, sites } = who.get(name) ?? { jails: [], sites: [] }
  const shown = jails.length === 0 ? name : jails.map((jail) => jail.name).join(', ')
  const stopped = jails.filter(({ isRunning }) => !isRunning).map((jail) => jail.name)
  const why =
    stopped.length > 0
      ? `Not running: ${stopped.join(', ')}.`
      : `${kind === 'nginx' ? 'Asked by the worker, it' : "HAProxy's check says:"} ${plain(check) || 'nothing'}.`
  return {
    key: `backend-down ${name}`,
    kind: 'backend-down',
    severity: 'critical',
    title: `${shown} is down`,
    sentence: `${why} ${sites.length === 0 ? 'No site leads there.' : `These sites are not answered: ${listed(sites)}.`}`,
    actions: [...jails.flatMap(cureFor), ...lookAt(jails, sites)].slice(0, 4),
    afterMilliseconds: downSeconds * 1000,
    knownSince: at - seconds * 1000,
  }
}

function errorsCause(
  name: string,
  { requests, errors5xx }: { requests: number; errors5xx: number },
  { who }: ProxySeen,
  { errorPercent, errorRequests }: AlertThresholds,
  isOn: (key: string) => boolean,
): Cause[] {
  const key = errorsKey(name)
  // requests and answers are counted at different moments
  const percent = requests === 0 ? 0 : Math.min(100, (errors5xx / requests) * 100)
  const isHeld = isOn(key) && percent >= errorPercent / 2 && errors5xx > 0
  const isBegun = requests >= errorRequests && percent >= errorPercent && errors5xx > 0
  if (!isHeld && !isBegun) return []
  const { jails, sites } = who.get(name) ?? { jails: [], sites: [] }
  const shown = jails.length === 0 ? name : jails.map((jail) => jail.name).join(', ')
  const drains = jails.map((jail): Action => ({ label: `Drain ${jail.name}`, words: `proxy drain ${jail.name}` }))
  return [
    {
      key,
      kind: 'errors',
      severity: percent >= 50 ? 'critical' : 'warning',
      title: `${shown} answers with errors`,
      sentence: `${Math.round(percent)} % of ${requests} requests within a minute were answered 5xx. ${listed(sites)}`.trim(),
      actions: [...lookAt(jails, sites), ...jails.flatMap(cureFor), ...drains].slice(0, 4),
      afterMilliseconds: confirmedMilliseconds,
      size: percent,
    },
  ]
}

function certificateCause(certificate: SeenCertificate, at: number, { certificateDays }: AlertThresholds): Cause[] {
  const { site, path, startsAt, expiresAt, isRenewed, problem } = certificate
  const days = Math.floor((expiresAt - at) / day)
  // what lives for days only is renewed in its last third: nothing is late before its last quarter
  const late = isRenewed ? Math.min(certificateDays * day, (expiresAt - startsAt) / 4) : certificateDays * day
  if (expiresAt - at > late) return []
  const isUnreadable = expiresAt === 0
  const when = new Date(expiresAt).toISOString().slice(0, 10)
  const ends = isUnreadable
    ? `is ${path}, which cannot be read`
    : days < 0
      ? `ended on ${when}`
      : `ends on ${when}, ${days === 0 ? 'within a day' : `in ${days === 1 ? '1 day' : `${days} days`}`}`
  const renewed = `jailops renews it, and has not been able to so far${problem === undefined ? '.' : `: ${plain(problem)}`}`
  return [
    {
      key: `certificate ${path}`,
      kind: 'certificate',
      severity: days < urgentDays ? 'critical' : 'warning',
      title: `The certificate of ${site} ${isUnreadable ? 'cannot be read' : days < 0 ? 'has ended' : 'ends soon'}`,
      sentence: `It ${ends}. ${isRenewed ? renewed : 'Nobody renews it by itself: upload a new one.'}`,
      actions: [
        ...(isRenewed ? [{ label: 'Renew', words: `proxy https renew ${site}` }] : []),
        { label: 'Show site', words: `proxy show ${site}` },
      ],
      afterMilliseconds: 0,
    },
  ]
}

function driftCause(drift: readonly string[]): Cause[] {
  if (drift.length === 0) return []
  return [
    {
      key: 'drift',
      kind: 'drift',
      severity: 'warning',
      title: 'HAProxy and its files differ',
      sentence: `${plain(drift.slice(0, 3).join(' '))}${drift.length > 3 ? ` And ${drift.length - 3} more.` : ''} This is for a person to put right.`,
      actions: [{ label: 'Status', words: 'proxy status' }],
      afterMilliseconds: 0,
    },
  ]
}

export function errorsKey(backend: string): string {
  return `errors ${backend}`
}

function cureFor({ name, isRunning, isApp }: BehindJail): Action[] {
  if (!isRunning) return [{ label: `Start ${name}`, words: `jail start ${name}` }]
  if (isApp) return [{ label: `Restart ${name}`, words: `jail restart ${name}` }]
  return [{ label: 'Restart nginx', words: `jail service restart ${name} nginx` }]
}

function lookAt(jails: readonly BehindJail[], [site]: readonly string[]): Action[] {
  const log = site === undefined ? [] : [{ label: 'Show log', words: `proxy log ${site}` }]
  const status = jails.slice(0, 1).map(({ name }) => ({ label: 'Status', words: `proxy status ${name}` }))
  return [...log, ...status]
}

function listed(sites: readonly string[]): string {
  return `${sites.slice(0, 5).join(', ')}${sites.length > 5 ? ` and ${sites.length - 5} more` : ''}`
}

/** What a server of a jail said is in it, and whoever is in the jail chose that. */
function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, mostText)
}
