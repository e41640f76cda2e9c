import { userlandLook, userlandOf } from './base-looks.ts'
import type { Facts, Look } from './host.ts'
import type { Jail } from './jail.ts'
import { namesConfused } from './audit-names.ts'
import { addressesShared } from './audit-addresses.ts'
import { olderBases } from './audit-bases.ts'

/** Something about jails that should be otherwise. */
export interface AuditFinding {
  jail: string
  state: 'open' | 'warning' | 'note'
  what: string
  /** What to say in chat, or what to type on the host. */
  remedy: string
}

/** What beside the facts an audit asks: the time, the host's own addresses, and each running jail of ours what it is patched to. */
export function auditLooks(jails: readonly Jail[]): Record<string, Look> {
  const running = jails.filter((jail) => jail.ours && jail.state === 'running')
  return {
    now: { argv: ['date', '+%s'] },
    interfaces: { argv: ['ifconfig', '-a'] },
    host: { argv: ['freebsd-version', '-u'] },
    ...Object.fromEntries(running.map((jail) => [`userland ${jail.name}`, userlandLook(jail)])),
  }
}

/** Of these jails only; what they share is compared with all. A jail that no manager has (a service jail) is not ours to judge. */
export function auditJails(facts: Facts, wanted: readonly Jail[]): AuditFinding[] {
  const jails = wanted.filter(({ configuration }) => configuration !== undefined)
  const ours = jails.filter(({ ours: isOurs }) => isOurs)
  const now = Number(facts.looked['now']?.stdout.trim() || Number.NaN) * 1000
  return [
    ...openFolders(facts, jails),
    ...jails.flatMap(writableMounts),
    ...addressesShared(facts, jails),
    ...ours.flatMap((jail) => withoutSnapshot(facts, jail, now)),
    ...olderBases(facts, ours, (jail) => userlandOf(facts, `userland ${jail.name}`)),
    ...ours.filter(({ startsAtBoot }) => !startsAtBoot).map(withoutBoot),
    ...namesConfused(facts, jails),
    ...(wanted.length === facts.jails.length ? oldTrash(facts, now) : []),
  ]
}

/** The folder that holds a jail's root, and the one above it: closed, either of them keeps others out. */
export function foldersAbove({ root }: Pick<Jail, 'root'>): string[] {
  const parts = root.split('/').filter((part) => part !== '')
  return [1, 2].map((up) => `/${parts.slice(0, -up).join('/')}`).filter((folder) => folder !== '/')
}

/** A user of the host and root of a jail together are root of the host, wherever both reach the jail's files (jail(8), NOTES). */
function openFolders({ modes }: Facts, jails: readonly Jail[]): AuditFinding[] {
  const open = jails.filter((jail) => {
    const known = foldersAbove(jail).flatMap((folder) => modes[folder] ?? [])
    return known.length > 0 && known.every((mode) => (mode & 0o007) !== 0)
  })
  const byFolder = Map.groupBy(open, (jail) => toClose(jail))
  return [...byFolder].map(([folder, inIt]) => ({
    jail: countOf(inIt),
    state: 'open',
    what: `every user of the host can look into ${folder} (mode ${(modes[folder] ?? 0).toString(8)})`,
    remedy: `on the host: chmod 0700 ${folder}`,
  }))
}

/** bastille and iocage have a folder for each jail: the one that holds all of them is closed at once. */
function toClose(jail: Jail): string {
  const [own = '', above = own] = foldersAbove(jail)
  return jail.root.endsWith('/root') ? above : own
}

function countOf(jails: readonly Jail[]): string {
  const [first, ...more] = jails
  return first !== undefined && more.length === 0 ? first.name : `${jails.length} jails`
}

function writableMounts({ name, mounts }: Jail): AuditFinding[] {
  return mounts
    .filter(({ readOnly }) => !readOnly)
    .map(({ from, on }) => ({
      jail: name,
      state: 'warning',
      what: `can write to ${from} of the host, at ${on}`,
      remedy: `/jail mount remove ${name} ${on}, if it need not`,
    }))
}

const snapshotDays = 7
const day = 24 * 3600_000

function withoutSnapshot({ datasets, snapshots }: Facts, { name, root }: Jail, now: number): AuditFinding[] {
  const places = [root, root.replace(/\/root$/, '')]
  const own = datasets.filter(({ mountpoint, isMounted }) => isMounted && places.includes(mountpoint)).map((one) => one.name)
  if (own.length === 0 || Number.isNaN(now)) return []
  const newest = Math.max(0, ...snapshots.filter(({ dataset }) => own.includes(dataset)).map(({ createdAt }) => createdAt))
  if (now - newest <= snapshotDays * day) return []
  const what = newest === 0 ? 'has no snapshot' : `its newest snapshot is ${Math.floor((now - newest) / day)} days old`
  return [{ jail: name, state: 'warning', what, remedy: `/jail snapshot create ${name}` }]
}

function withoutBoot({ name, state }: Jail): AuditFinding {
  return {
    jail: name,
    state: state === 'running' ? 'warning' : 'note',
    what: state === 'running' ? 'runs, but does not start when the host starts' : 'does not start when the host starts',
    remedy: `/jail boot on ${name}`,
  }
}

function oldTrash({ trash, layout }: Facts, now: number): AuditFinding[] {
  return trash
    .filter(({ destroyedAt }) => now - destroyedAt > layout.trashDays * day)
    .map(({ name, destroyedAt }) => ({
      jail: name,
      state: 'note',
      what: `lies in the trash for ${Math.floor((now - destroyedAt) / day)} days`,
      remedy: `/jail purge ${name}`,
    }))
}
