import { isIPv4 } from 'node:net'
import { defaults, fixed, isTrue, ofDataset, truthy, type Config } from './config.ts'
import { fail } from './speech.ts'

const oneOf: Record<string, string[]> = {
  ip4: ['new', 'inherit', 'disable'],
  ip6: ['new', 'inherit', 'disable'],
  sysvmsg: ['new', 'inherit', 'disable'],
  sysvsem: ['new', 'inherit', 'disable'],
  sysvshm: ['new', 'inherit', 'disable'],
  enforce_statfs: ['0', '1', '2'],
  rlimits: ['off', 'on'],
}

const truths = ['0', '1', 'off', 'on', 'no', 'yes', 'false', 'true']
const onlyDefault = new Set(['nat_prefix', 'nat_interface', 'nat_backend'])

/** Judges one property and gives what is kept of it. `byUser`: by `iocage set`, which has words of its own for what is not there. */
export function checkProperty(config: Config, key: string, value: string, byUser: boolean): string | number {
  if (onlyDefault.has(key)) fail(`${key} can only be changed for defaults!`)
  if (ofDataset.has(key)) return value
  if (defaults[key] === undefined || fixed.has(key)) {
    if (byUser) fail(`${key} cannot be changed by the user.`)
    return config[key] === undefined ? fail(`${key} is not a valid property!`) : value
  }
  if (truthy.has(key)) {
    mustContain(key, value, truths)
    const other = key === 'nat' ? 'bpf' : key === 'bpf' ? 'nat' : undefined
    if (other !== undefined && isTrue(value) && isTrue(config[other])) fail(`${other} should be disabled when ${key} is being enabled.`)
    return Number(isTrue(value))
  }
  const words = oneOf[key]
  if (words !== undefined) mustContain(key, value, words)
  return key === 'ip4_addr' ? addresses(value) : value
}

/** It is enough that one of the words is somewhere in the value. */
function mustContain(key: string, value: string, words: string[]): void {
  if (words.some((word) => value.toLowerCase().includes(word))) return
  fail(`${value} is not a valid value for ${key}.\nValue must be ${words.join(' or ')}`)
}

function addresses(value: string): string {
  if (value === 'none' || value.toUpperCase().includes('DHCP')) return value
  return value
    .replaceAll(' ', '')
    .split(',')
    .map((each) => {
      const bar = each.indexOf('|')
      const address = each.slice(bar + 1)
      if (bar === 0) fail('Please provide a valid interface')
      if (!isIPv4(address.split('/')[0] ?? '')) fail(`Please provide a valid ip: Expected 4 octets in '${address}'`)
      return bar < 0 || each.startsWith('DEFAULT|') ? address : each
    })
    .join(',')
}
