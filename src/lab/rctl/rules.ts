import { wordsOf } from '../words.ts'

export interface Rule {
  subject: string
  name: string
  resource: string
  action: string
  amount: number
  per: string
}

/** In the order of `rctl -u`. */
export const resources = wordsOf(`
  cputime datasize stacksize coredumpsize memoryuse memorylocked maxproc openfiles vmemoryuse pseudoterminals swapuse nthr
  msgqqueued msgqsize nmsgq nsem nsemop nshm shmsize wallclock pcpu readbps writebps readiops writeiops
`)

const actions = new Set(wordsOf('deny log devctl throttle sigalrm sighup sigint sigkill sigsegv sigterm sigxcpu'))
const noDeny = new Set(wordsOf('cputime wallclock readbps writebps readiops writeiops'))
const throttled = new Set(wordsOf('readbps writebps readiops writeiops'))

export type Parsed = { kind: 'rule'; rule: Rule } | { kind: 'error'; text: string }

/** `jail:web:memoryuse:deny=64m`, `…=64m/jail`. */
export function parseRule(text: string): Parsed {
  const [subject = '', name = '', resource = '', rest = '', ...more] = text.split(':')
  const found = /^([a-z0-9]+)=([0-9]+)([kmgtpe]?)(?:\/([a-z]+))?$/i.exec(rest)
  const [, action = '', digits = '', unit = '', per = subject] = found ?? []
  const known = resources.includes(resource) && actions.has(action) && name !== '' && more.length === 0
  if (found === null || !known || !/^(process|user|loginclass|jail)$/.test(subject)) return { kind: 'error', text: 'Invalid argument' }
  if ((action === 'deny' && noDeny.has(resource)) || (action === 'throttle') !== throttled.has(resource))
    return { kind: 'error', text: 'Operation not supported' }
  return { kind: 'rule', rule: { subject, name, resource, action, amount: Number(digits) * 1024 ** power(unit), per } }
}

function power(unit: string): number {
  return unit === '' ? 0 : 'kmgtpe'.indexOf(unit.toLowerCase()) + 1
}

export function ruleText({ subject, name, resource, action, amount, per }: Rule, human: boolean): string {
  const shown = human ? humanized(amount) : String(amount)
  return `${subject}:${name}:${resource}:${action}=${shown}${per === subject ? '' : `/${per}`}`
}

/** Fewer than six characters, as humanize_number(3) makes them. */
export function humanized(amount: number): string {
  let value = amount
  let unit = ''
  for (const next of 'KMGTPE') {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)}${unit}`
}

/** Fields that a filter leaves empty match everything. */
export function ruleFilter(filter: string): (rule: Rule) => boolean {
  const [subject = '', name = '', resource = '', rest = ''] = filter.split(':')
  const [action = '', amount = ''] = rest.split('=')
  const wanted = /^([0-9]+)([kmgtpe]?)/i.exec(amount)
  const number = wanted === null ? undefined : Number(wanted[1]) * 1024 ** power(wanted[2] ?? '')
  return (rule) =>
    [
      [subject, rule.subject],
      [name, rule.name],
      [resource, rule.resource],
      [action, rule.action],
    ].every(([asked, has]) => asked === '' || asked === has) &&
    (number === undefined || number === rule.amount)
}
