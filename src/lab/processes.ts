import { existsSync, readFileSync } from 'node:fs'
import type { Call } from './call.ts'
import { findJail, type Host, type RunningJail } from './host.ts'
import type { InsideProgram } from './inside/inside.ts'
import { runningNginx } from './nginx/nginx.ts'
import { refuse, refuseOption } from './refuse.ts'
import { wordsOf } from './words.ts'

interface Process {
  pid: number
  user: string
  command: string
  /** Kilobytes. */
  rss: number
  /** Seconds of the processor's time. */
  seconds: number
  jail: RunningJail | undefined
}

/** ps(1) on the host: `-J JAIL`, `-ax`, `-p PID`, `-o COLUMNS`, `-u`. */
export function ps(host: Host, call: Call): number {
  const wish = parse(call.args)
  if (wish.jail === undefined) return print(call, wish, [...ofHost, ...host.jails.flatMap(processesOf)])
  const jail = findJail(host, wish.jail)
  if (jail !== undefined) return print(call, { ...wish, all: true }, processesOf(jail))
  call.err(`ps: Invalid jail id: ${wish.jail}\n`)
  return 1
}

/** In a jail there are its own processes and no others. */
export const psInJail: InsideProgram = (at, call) => {
  const wish = parse(call.args)
  return wish.jail === undefined ? print(call, wish, processesOf(at.jail)) : refuseOption('ps', '-J')
}

/** A host has more of them; these stand for all. */
const ofHost: Process[] = [
  { pid: 1, user: 'root', command: '/sbin/init', rss: 1216, seconds: 0.02, jail: undefined },
  { pid: 852, user: 'root', command: '/usr/sbin/syslogd -s', rss: 2840, seconds: 0.04, jail: undefined },
  { pid: 913, user: 'root', command: '/usr/sbin/cron -s', rss: 2532, seconds: 0.03, jail: undefined },
]

const memory = 4 * 1024 * 1024
const usual: Record<string, number> = { syslogd: 2840, cron: 2532, sshd: 9120, redis: 14_832, memcached: 5244, php_fpm: 22_616 }
const users: Record<string, string> = { redis: 'redis', memcached: 'nobody' }

function processesOf(jail: RunningJail): Process[] {
  runningNginx(jail)
  const found = [...jail.services].map(([name, { pid, command }]) => {
    const real = name === 'nginx' ? measured(pid) : undefined
    return { pid, command, user: users[name] ?? 'root', rss: real?.rss ?? usual[name] ?? 3000, seconds: real?.seconds ?? 0.01, jail }
  })
  return found.toSorted((one, other) => one.pid - other.pid)
}

/** Only nginx is a process of this machine; only Linux tells of it so cheaply. */
function measured(pid: number): { rss: number; seconds: number } | undefined {
  if (!existsSync(`/proc/${pid}/stat`)) return undefined
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return { rss: Number(fields[21]) * 4, seconds: (Number(fields[11]) + Number(fields[12])) / 100 }
}

interface Wish {
  all: boolean
  jail: string | undefined
  pids: number[]
  columns: { name: string; title: string }[]
}

const usualColumns = 'pid,tt,state,time,command'
const userColumns = 'user,pid,%cpu,%mem,vsz,rss,tt,state,start,time,command'

function parse(args: string[]): Wish {
  const wish: Wish = { all: false, jail: undefined, pids: [], columns: [] }
  let basis = usualColumns
  for (let at = 0; at < args.length; at++) {
    const arg = (args[at] ?? '').replace(/^(?=[a-z]+$)/, at === 0 ? '-' : '')
    if (!/^-./.test(arg)) return refuse('ps', `${args.join(' ')} is not imitated here`)
    for (let spot = 1; spot < arg.length; spot++) {
      const letter = arg.charAt(spot)
      if ('Jop'.includes(letter)) {
        const value = arg.slice(spot + 1) || (args[++at] ?? '')
        if (letter === 'J') wish.jail = value
        else if (letter === 'p') wish.pids.push(...value.split(',').map(Number))
        else wish.columns.push(...columnsOf(value))
        break
      }
      if (!'axwu'.includes(letter)) return refuseOption('ps', `-${letter}`)
      if (letter === 'x') wish.all = true
      if (letter === 'u') basis = userColumns
    }
  }
  return { ...wish, columns: wish.columns.length > 0 ? wish.columns : columnsOf(basis) }
}

/** `pid,user=WHO`: what follows an equals sign is the title, to the end. */
function columnsOf(text: string): Wish['columns'] {
  const [names = '', title] = text.split('=')
  return names.split(',').map((name, index, all) => {
    const known = titles[name] ?? refuse('ps', `-o ${name} is not imitated here`)
    return { name, title: title !== undefined && index === all.length - 1 ? title : known }
  })
}

const titles: Record<string, string> = Object.fromEntries(
  wordsOf(`
    pid=PID user=USER %cpu=%CPU %mem=%MEM pcpu=%CPU pmem=%MEM vsz=VSZ rss=RSS tt=TT state=STAT stat=STAT
    start=STARTED time=TIME command=COMMAND args=COMMAND comm=COMMAND jid=JID jail=JAIL uid=UID
  `).map((pair) => pair.split('=')),
)
const toTheLeft = new Set(['user', 'tt', 'state', 'stat', 'start', 'command', 'args', 'comm', 'jail'])

function valueOf({ pid, user, command, rss, seconds, jail }: Process, name: string): string {
  if (name === 'pid') return String(pid)
  if (name === 'user') return user
  if (name === 'uid') return user === 'root' ? '0' : '65534'
  if (name === '%cpu' || name === 'pcpu') return '0.0'
  if (name === '%mem' || name === 'pmem') return ((100 * rss) / memory).toFixed(1)
  if (name === 'rss' || name === 'vsz') return String(name === 'rss' ? rss : rss + 10_000)
  if (name === 'state' || name === 'stat') return jail === undefined ? 'Ss' : 'SsJ'
  if (name === 'start') return '00:00'
  if (name === 'time') return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, '0')}`
  if (name === 'jid') return String(jail?.jid ?? 0)
  if (name === 'jail') return jail?.name ?? '-'
  if (name === 'tt') return '-'
  return name === 'comm' ? shortName(command) : command
}

/** `redis-server: /usr/local/bin/… (redis-server)` → `redis-server`. */
function shortName(command: string): string {
  const first = command.replace(/^.*\((.*)\)$/, '$1').split(/[ :]/)[0] ?? ''
  return first.slice(first.lastIndexOf('/') + 1)
}

/** Columns are as wide as their widest value; the last one on the left has no end. 1 when there is nothing to show. */
function print(call: Call, { all, pids, columns }: Wish, found: Process[]): number {
  // Without -x only what has a terminal is shown, and here nothing has one.
  const chosen = found.filter(({ pid }) => (pids.length > 0 ? pids.includes(pid) : all))
  const rows = [columns.map(({ title }) => title), ...chosen.map((each) => columns.map(({ name }) => valueOf(each, name)))]
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)))
  if (columns.every(({ title }) => title === '')) rows.shift()
  for (const row of rows) {
    const cells = row.map((value, index) =>
      toTheLeft.has(columns[index]?.name ?? '') ? value.padEnd(widths[index] ?? 0) : value.padStart(widths[index] ?? 0),
    )
    call.out(`${cells.join(' ').trimEnd()}\n`)
  }
  return chosen.length > 0 ? 0 : 1
}
