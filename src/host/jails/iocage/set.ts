import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { propertyOf } from './config.ts'
import { mustBeJail } from './guards.ts'
import { addressWord } from './make.ts'
import { setSteps } from './property.ts'
import { kernelParameter, settingNamed, settingValue } from './settings.ts'

type Known = Pick<Facts, 'layout'>

/** iocage writes it down, and tells the kernel where the jail runs and the kernel takes it. */
export function setProperty(
  { layout }: Known,
  jail: Jail,
  property: string,
  value: string | undefined,
): { steps: Step[]; restart: boolean } {
  mustBeJail(jail)
  const { name } = jail
  const { key, setting } = settingNamed(property)
  const byDefault = key === 'host_hostname' ? name : (propertyOf({ ...jail, properties: {} }, key) ?? setting.byDefault)
  const to = settingValue(property, setting, value ?? byDefault)
  const from = normal(property, propertyOf(jail, key) ?? byDefault)
  if (from === to) return { steps: [], restart: false }
  const runs = jail.state === 'running'
  if (runs && setting.kernel === 'stopped') {
    throw new JailopsError('host_not_ready', `${property} cannot be taken back while ${name} runs. Stop it first: /jail stop ${name}`)
  }
  const steps = setSteps(layout, name, { key, from, to, title: `Set ${key} of ${name} to ${to}` })
  const isLive = runs && setting.kernel === 'live'
  return { steps: [...steps, ...(isLive ? [holdsLive(jail, key, to)] : [])], restart: runs && !isLive && key !== 'priority' }
}

/** As it is compared; what was written by hand may be no value that we would set. */
function normal(property: string, value: string): string {
  const { setting } = settingNamed(property)
  const result = setting.values.safeParse(value)
  return result.success ? result.data : value
}

function holdsLive({ name, kernelName }: Jail, key: string, value: string): Step {
  const parameter = kernelParameter(key)
  const shown = !parameter.startsWith('allow.') ? value : value === '1' ? 'true' : 'false'
  return {
    title: `Check that it holds in the running ${name}`,
    action: { kind: 'require', otherwise: `iocage did not give ${parameter} to the running ${name}. Stop it, set it, and start it again.` },
    done: { kind: 'command', argv: ['jls', '-j', kernelName, parameter], stdout: shown === 'none' ? '' : shown },
  }
}

/** Another address for a stopped jail, in the place of its first; others of it stay. */
export function readdress({ layout }: Known, jail: Jail, address: string): Step[] {
  mustBeJail(jail)
  const old = propertyOf(jail, 'ip4_addr') ?? addressWord(layout, jail.address ?? '')
  const to = old
    .split(',')
    .map((item) => (plainAddress(item) === jail.address ? item.replace(plainAddress(item), address) : item))
    .join(',')
  return setSteps(layout, jail.name, { key: 'ip4_addr', from: old, to, title: `Give ${jail.name} the address ${address}` })
}

function plainAddress(item: string): string {
  return item.replace(/^.*\|/, '').replace(/\/.*$/, '')
}

export function dependOn({ layout }: Known, jail: Jail, on: readonly string[]): Step[] {
  mustBeJail(jail)
  const from = propertyOf(jail, 'depends') ?? 'none'
  const to = on.length === 0 ? 'none' : on.join(' ')
  if (from === to) return []
  const title = on.length === 0 ? `Let ${jail.name} need no other jail` : `Let ${jail.name} need ${on.join(', ')}`
  return setSteps(layout, jail.name, { key: 'depends', from, to, title })
}
