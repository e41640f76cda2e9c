import { shown } from './arguments.ts'
import { JailopsError } from './errors.ts'

/* How long a request is kept for a host that is away, as people say it: `2h`, `90m`, `1d`, or an hour such as `18:00`. */

const minute = 60_000
const day = 24 * 60 * minute
const units: Record<string, number> = { m: minute, h: 60 * minute, d: day, w: 7 * day }
const most = 7 * day

/** @returns milliseconds since 1970. `zone` is where an hour is meant, such as `Europe/Berlin`. @throws bad_argument */
export function parseUntil(text: string, now: number, zone: string): number {
  const [, count = '', unit = ''] = /^([0-9]{1,6})\s*([mhd])$/i.exec(text.trim()) ?? []
  const [, hour = '', minutes = ''] = /^([01]?[0-9]|2[0-3]):([0-5][0-9])$/.exec(text.trim()) ?? []
  const span = Number(count) * (units[unit.toLowerCase()] ?? 0)
  // to the minute, as it is shown
  const later = span === 0 || span > most ? 0 : Math.ceil((now + span) / minute) * minute
  const moment = hour === '' ? later : nextTime(Number(hour) * 60 + Number(minutes), now, zone)
  if (moment > now) return moment
  throw new JailopsError(
    'bad_argument',
    `until ${shown(text) || 'is empty'}: write how long (90m, 2h, 1d) or an hour (18:00), at most 7 days from now.${meaning(text)}`,
  )
}

/** How to write what people write elsewhere, such as `1h30m` or `1w`. */
function meaning(text: string): string {
  const plain = text.trim().toLowerCase()
  if (!/^([0-9]{1,4}[wdhm])+$/.test(plain)) return ''
  const parts = plain.match(/[0-9]+[wdhm]/g) ?? []
  const span = parts.reduce((sum, part) => sum + Number.parseInt(part, 10) * (units[part.slice(-1)] ?? 0), 0)
  if (span === 0 || span > most) return ''
  const unit = span % day === 0 ? 'd' : span % (60 * minute) === 0 ? 'h' : 'm'
  return ` That is ${span / (units[unit] ?? minute)}${unit}.`
}

/** A moment as people there write it: `24 Nov 18:00 (Europe/Berlin)`. */
export function showMoment(moment: number, zone: string): string {
  return `${showTime(moment, zone)} (${zone})`
}

/** The same where the zone is said elsewhere. */
export function showTime(moment: number, zone: string): string {
  const date = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' }).format(moment)
  return `${date} ${clockAt(moment, zone)}`
}

/** The next moment at which the zone's clocks show so many minutes after midnight; an hour that a clock change leaves out comes that much later. */
function nextTime(wanted: number, now: number, zone: string): number {
  const thisMinute = Math.floor(now / minute) * minute
  const ahead = (wanted - minutesAt(thisMinute, zone) + 24 * 60) % (24 * 60) || 24 * 60
  const guess = thisMinute + ahead * minute
  // the clocks may be changed in between
  const off = wanted - minutesAt(guess, zone)
  const corrected = guess + (off > 12 * 60 ? off - 24 * 60 : off < -12 * 60 ? off + 24 * 60 : off) * minute
  return corrected > now && minutesAt(corrected, zone) === wanted ? corrected : guess
}

function minutesAt(moment: number, zone: string): number {
  const [hour = 0, minutes = 0] = clockAt(moment, zone).split(':').map(Number)
  return hour * 60 + minutes
}

function clockAt(moment: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment)
}
