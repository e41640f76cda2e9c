import type { Shell } from '../shell.ts'
import { statNotUnderstood } from './stat-table.ts'

/** One server of a backend, in HAProxy's own words. */
export interface ServerRow {
  backend: string
  name: string
  address: string
  /** UP, UP 1/3, DOWN, DRAIN, MAINT, NOLB, no check. */
  status: string
  /** Seconds since its last change of status. */
  since: number
  /** Such as L7OK. Empty: nothing is checked. */
  checkStatus: string
  checkCode: string
  checkMilliseconds: string
  /** What the last check found, such as `Connection refused`. */
  lastCheck: string
}

/** Commands in one exchange: far below what HAProxy reads at once. */
const askedAtOnce = 50
const columns = ['pxname', 'svname', 'addr', 'status', 'lastchg', 'check_status', 'check_code', 'check_duration', 'last_chk']

/** The servers of these backends, as far as HAProxy has them. Of few: with servers, 10,000 backends are three times the work for it. */
export async function lookAtServers(
  shell: Pick<Shell, 'exchange'>,
  socket: string,
  names: readonly string[],
  timeoutSeconds: number,
): Promise<ServerRow[]> {
  const asked = names.filter(canBeAsked)
  const found: ServerRow[] = []
  for (let start = 0; start < asked.length; start += askedAtOnce) {
    const commands = asked.slice(start, start + askedAtOnce).map((name) => `show stat ${name} 4 -1`)
    found.push(...readServers(await shell.exchange(socket, `${commands.join('; ')}\n`, timeoutSeconds)))
  }
  return found
}

/** HAProxy's own rule for names: nothing else may reach its socket. */
export function canBeAsked(name: string): boolean {
  return /^[A-Za-z0-9_.:-]+$/.test(name)
}

/** Each answer has its own titles; of a backend that is gone there is a sentence. */
export function readServers(text: string): ServerRow[] {
  const servers: ServerRow[] = []
  let places: number[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('# pxname,')) {
      places = placesIn(line)
      if (places.includes(-1)) throw statNotUnderstood(line)
    } else if (places.length > 0 && line.includes(',')) {
      const fields = fieldsOf(line)
      const [backend = '', name = '', address = '', status = '', since, ...check] = places.map((place) => fields[place] ?? '')
      const [checkStatus = '', checkCode = '', checkMilliseconds = '', lastCheck = ''] = check
      // `* L7OK` is HAProxy's way to say that the next check is under way
      const last = { checkStatus: checkStatus.replace(/^\* ?/, ''), checkCode, checkMilliseconds, lastCheck }
      servers.push({ backend, name, address, status, since: Number(since) || 0, ...last })
    }
  }
  return servers
}

/** By their titles: versions have other columns. */
function placesIn(titles: string): number[] {
  const all = titles.replace(/^# /, '').split(',')
  return columns.map((title) => all.indexOf(title))
}

/** Only free texts such as last_chk are quoted. */
function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}
