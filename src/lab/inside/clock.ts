import { lstatSync, symlinkSync } from 'node:fs'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { findIn, readIn, removeIn, writeIn, type Root } from '../root-files.ts'
import { readZone, type Zone } from '../zoneinfo.ts'
import type { InsideProgram } from './inside.ts'

const localtime = '/etc/localtime'

/** `date [-u] [-r SECONDS] [+FORMAT]` in the jail's own time zone. */
export const date: InsideProgram = (at, call) => {
  const { args } = call
  const isUtc = args.includes('-u')
  const since = args.indexOf('-r')
  const format = args.find((arg) => arg.startsWith('+'))?.slice(1) ?? '%a %b %e %H:%M:%S %Z %Y'
  const odd = args.find((arg, index) => arg !== '-u' && !arg.startsWith('+') && (since < 0 || (index !== since && index !== since + 1)))
  if (odd !== undefined) return refuseOption('date', odd)
  const now = since < 0 ? new Date() : new Date(Number(args[since + 1]) * 1000)
  const text = isUtc ? undefined : readIn({ host: at.host, folder: at.root }, localtime)
  const zone = text === undefined ? utc : (readZone(text) ?? refuse('date', 'the time zone in /etc/localtime is not imitated here'))
  call.out(`${formatted(now, format, zone)}\n`)
  return 0
}

const utc: Zone = { name: 'UTC', letters: { standard: 'UTC', summer: '' }, offset: 0 }

const allOf = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  weekday: 'short',
  timeZoneName: 'longOffset',
} as const

function formatted(now: Date, format: string, zone: Zone): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone.name,
      hourCycle: 'h23',
      ...allOf,
    })
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const { year = '', month = '', day = '', hour = '', minute = '', second = '', weekday = '' } = parts
  const shift = /([+-]\d\d):?(\d\d)/.exec(parts['timeZoneName'] ?? '')
  const shown = shift === null ? '+0000' : `${shift[1]}${shift[2]}`
  const minutes = shift === null ? 0 : Number(shift[1]) * 60 + Number(shift[2])
  const isSummer = minutes !== zone.offset && zone.letters.summer !== ''
  const monthName = now.toLocaleString('en-US', { timeZone: zone.name, month: 'short' })
  const values = new Map([
    ...Object.entries({ Y: year, m: month, d: day, H: hour, M: minute, S: second, a: weekday, b: monthName, z: shown }),
    ...Object.entries({ e: day.replace(/^0/, ' '), F: `${year}-${month}-${day}`, T: `${hour}:${minute}:${second}`, n: '\n', '%': '%' }),
    ['Z', isSummer ? zone.letters.summer : zone.letters.standard],
    ['s', String(Math.floor(now.getTime() / 1000))],
  ])
  return format.replaceAll(/%(.)/g, (code: string, letter: string) => values.get(letter) ?? refuse('date', `${code} is not imitated here`))
}

export const tzsetupInJail: InsideProgram = (at, call) => tzsetup({ host: at.host, folder: at.root }, call.args, call)

/** On the host, for itself or with -C for a root that no jail need run in. */
export function tzsetupOnHost(host: Host, call: Call): number {
  const [flag, folder = ''] = call.args
  if (flag !== '-C') return tzsetup({ host, folder: host.paths.host }, call.args, call)
  toWritable(host.paths, 'tzsetup', `${folder}/.`, call.cwd)
  return tzsetup({ host, folder: toReal(host.paths, folder, call.cwd) }, call.args.slice(2), call, folder)
}

/** `tzsetup [-s] ZONE`: a copy, or a link where there was a link. */
function tzsetup(root: Root, args: string[], call: Call, shown = ''): number {
  const [zone = '', ...more] = args.filter((arg) => arg !== '-s')
  if (zone === '' || zone.startsWith('-') || more.length > 0) return refuse('tzsetup', 'only tzsetup [-s] ZONE is imitated here')
  const source = `/usr/share/zoneinfo/${zone}`
  const text = zone.split('/').includes('..') ? undefined : readIn(root, source)
  if (text === undefined) {
    call.err(`Could not open ${shown}${source}: No such file or directory\n`)
    return 1
  }
  const old = findIn(root, localtime, { followLast: false })
  const isLink = old.kind === 'found' && lstatSync(old.path).isSymbolicLink()
  removeIn(root, localtime)
  // With -C the real one makes a link that leads nowhere inside.
  if (isLink) symlinkSync(shown + source, old.path)
  else writeIn(root, localtime, text)
  writeIn(root, '/var/db/zoneinfo', `${zone}\n`)
  return 0
}
