import { existsSync, readFileSync } from 'node:fs'
import { subCall, type Call } from '../call.ts'
import { findJail, type Host, type RunningJail } from '../host.ts'
import { parseFlags } from '../files/operands.ts'
import { runningNginx } from '../nginx/nginx.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { humanized, parseRule, resources, ruleFilter, ruleText } from './rules.ts'

const usage = `usage: rctl [ -h ] [filter ...]
       rctl -a rule ...
       rctl -r filter ...
       rctl -l [ -h ] filter ...
       rctl -u [ -h ] filter ...
`

/** rctl(8): rules are kept and shown; nothing is limited by them. */
export function rctl(host: Host, call: Call): number {
  const { flags, operands } = parseFlags(call, 'ahlnru')
  const mode = ['a', 'l', 'r', 'u'].find((letter) => flags.has(letter))
  if (mode !== undefined && operands.length === 0) {
    call.err(usage)
    return 1
  }
  if (host.sysctls.get('kern.racct.enable') !== '1') {
    call.err('rctl: RACCT/RCTL present, but disabled; enable using kern.racct.enable=1 tunable\n')
    return 1
  }
  const human = flags.has('h')
  if (mode === undefined) return list(host, call, operands.length === 0 ? [''] : operands, human)
  const work = { a: add, l: limits, r: remove, u: usageOf }[mode] ?? limits
  return operands.reduce((code, operand) => work(host, call, operand, human) || code, 0)
}

function list(host: Host, call: Call, filters: string[], human: boolean): number {
  for (const filter of filters) {
    for (const rule of host.limits.filter(ruleFilter(withSubject(filter)))) call.out(`${ruleText(rule, human)}\n`)
  }
  return 0
}

/** Abbreviations that rctl(8) knows: `j:web`. */
function withSubject(filter: string): string {
  const subject = { u: 'user', p: 'process', l: 'loginclass', c: 'loginclass', j: 'jail' }[filter.split(':')[0] ?? '']
  return subject === undefined ? filter : filter.replace(/^[^:]*/, subject)
}

function add(host: Host, call: Call, text: string): number {
  const parsed = parseRule(withSubject(text))
  if (parsed.kind === 'error') return fail(call, `failed to add rule '${text}': ${parsed.text}`)
  if (parsed.rule.subject !== 'jail') return refuse('rctl', `a rule for a ${parsed.rule.subject} is not imitated here`)
  host.limits.push(parsed.rule)
  return 0
}

function remove(host: Host, call: Call, filter: string): number {
  const matches = ruleFilter(withSubject(filter))
  if (!host.limits.some(matches)) return fail(call, `failed to remove rule '${filter}': No such process`)
  host.limits = host.limits.filter((rule) => !matches(rule))
  return 0
}

/** The kernel tells the limits of a process only. */
function limits(_host: Host, call: Call, filter: string): number {
  return fail(call, `failed to get limits for '${filter}': Operation not supported`)
}

function usageOf(host: Host, call: Call, filter: string, human: boolean): number {
  const [subject = '', name = ''] = withSubject(filter).split(':')
  if (subject !== 'jail') return refuse('rctl', `-u ${filter} is not imitated here`)
  const jail = findJail(host, name)
  if (jail === undefined) return fail(call, `failed to show resource consumption for '${filter}': No such process`)
  const used = usedBy(jail)
  for (const resource of resources) call.out(`${resource}=${human ? humanized(used[resource] ?? 0) : (used[resource] ?? 0)}\n`)
  return 0
}

/** Plausible numbers: the lab's daemons use nothing worth counting. */
function usedBy(jail: RunningJail): Record<string, number> {
  runningNginx(jail)
  const count = jail.services.size
  const memory = 1024 * 1024
  return {
    cputime: count,
    datasize: count * 2 * memory,
    memoryuse: count * 6 * memory,
    maxproc: count,
    openfiles: count * 32,
    vmemoryuse: count * 14 * memory,
    nthr: count,
    wallclock: count * 60,
  }
}

function fail(call: Call, text: string): 1 {
  call.err(`rctl: ${text}\n`)
  return 1
}

/** /etc/rc.d/rctl: each line of /etc/rctl.conf is a rule. */
export function rctlService(host: Host, command: string, call: Call): number {
  if (command === 'stop' || command === 'restart') host.limits = []
  else if (command !== 'start') return refuse('service', `rctl ${command} is not imitated here`)
  if (command === 'stop') return 0
  const file = toReal(host.paths, '/etc/rctl.conf')
  if (!existsSync(file)) return 0
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [rule = ''] = line.trim().split(/\s+/)
    if (rule !== '' && !rule.startsWith('#')) rctl(host, subCall(call, 'rctl', ['-a', rule]))
  }
  return 0
}
