import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Edit, Step } from '../../../core/step.ts'
import { setLive } from '../jail-conf/set.ts'
import { settingOf, settings, settingValue, settingWord } from '../jail-conf/settings.ts'
import { notSupported } from '../not-supported.ts'
import { jailConfOf, settingsOf } from './paths.ts'

type Change = { steps: Step[]; restart: boolean }

/**
 * The same properties as of a jail of jail.conf, in the jail's own file. `bastille config NAME remove X` takes every line that holds X away, other
 * properties among them, so the line is ours to find; jail(8) has read the whole file before it counts.
 */
export function setProperty({ layout }: Pick<Facts, 'layout'>, jail: Jail, property: string, value: string | undefined): Change {
  if (property === 'priority') return setPriority(layout, jail, value ?? '99')
  refuseOthers(property)
  const wanted = value === undefined ? undefined : settingValue(property, value)
  const { live, byDefault } = settingOf(property)
  const before = standing(jail, property)
  if (wanted === before) return { steps: [], restart: false }
  const now = before ?? byDefault
  const after = wanted ?? (property === 'host.hostname' ? jail.name : byDefault)
  const runs = jail.state === 'running'
  const canBeLive = live && now !== undefined && after !== undefined
  const lines =
    property === 'host.hostname' && after !== undefined ? [lineOf(property, after)] : wanted === undefined ? [] : [lineOf(property, wanted)]
  return {
    steps: [
      inJailConf(
        layout,
        jail,
        lines.length === 0
          ? `Take ${property} out of the jail.conf of ${jail.name}`
          : `Write ${lines[0]?.trim()} into the jail.conf of ${jail.name}`,
        [{ what: 'parameter', names: [property, settingWord(property, 'false')].filter(isName), lines }],
      ),
      ...(runs && canBeLive && now !== after ? [setLive(jail, property, now, after)] : []),
    ],
    restart: runs && !canBeLive,
  }
}

/** Another address for a stopped jail, on the interface that it has. */
export function readdressJail({ layout }: Pick<Facts, 'layout'>, jail: Jail, address: string): Step[] {
  if (jail.vnet)
    return notSupported(
      'bastille',
      'a safe way to give a jail with a network of its own another address',
      'Use `bastille network` on the host.',
    )
  return [
    inJailConf(layout, jail, `Give ${jail.name} the address ${address}`, [
      { what: 'parameter', names: ['ip4.addr'], lines: addressLines(layout, jail, address) },
    ]),
  ]
}

export function addressLines({ interface: usual }: Pick<Layout, 'interface'>, { properties }: Jail, address: string): string[] {
  const on = /^([a-z][a-z0-9._]*)\|/.exec(properties['ip4.addr'] ?? '')?.[1] ?? usual
  return [`  ip4.addr = ${on}|${address};`]
}

/** Where jail(8) takes no value, a word for yes and one for no. */
function standing({ properties, hostname }: Jail, property: string): string | undefined {
  if (property === 'host.hostname') return hostname
  if (!property.startsWith('allow.')) return properties[property]
  if (properties[settingWord(property, 'false')] !== undefined) return 'false'
  const value = properties[property]
  return value === undefined ? undefined : String(!/^(0|false|no|off)$/i.test(value))
}

function lineOf(property: string, value: string): string {
  if (property.startsWith('allow.')) return `  ${settingWord(property, value)};`
  return `  ${property} = ${/^[A-Za-z0-9._-]+$/.test(value) ? value : `"${value}"`};`
}

function isName(word: string): boolean {
  return !word.includes('=')
}

function inJailConf(layout: Layout, { name }: Jail, title: string, edits: Edit[]): Step {
  return { title, action: { kind: 'edit', path: jailConfOf(layout, name), edits, check: ['jail', '-f', '{staged}', '-e', '|'] } }
}

/** Who comes first at boot; nothing else asks for it. */
function setPriority(layout: Layout, { name, properties }: Jail, value: string): Change {
  if (!/^(0|[1-9][0-9]{0,3})$/.test(value))
    throw new JailopsError('bad_argument', 'priority must be a number from 0 to 9999; the lowest starts first.')
  if (properties['priority'] === value) return { steps: [], restart: false }
  const edits: Edit[] = [{ what: 'variable', name: 'priority', value }]
  return {
    steps: [{ title: `Let ${name} start with priority ${value}`, action: { kind: 'edit', path: settingsOf(layout, name), edits } }],
    restart: false,
  }
}

const elsewhere = new Map([
  ['boot', '/jail boot on, or off'],
  ['depend', '/jail depends add'],
  ['depends', '/jail depends add'],
  ['tags', '/jail tag add'],
])

function refuseOthers(property: string): void {
  if (settings.has(property)) return
  const command = elsewhere.get(property)
  if (command !== undefined) throw new JailopsError('bad_argument', `${property} is set by a command of its own: ${command}`)
  if (/^(rdr|nat)/.test(property)) {
    notSupported('bastille', 'port forwarding without pf, which would stand beside the firewall of this host', 'Use /proxy add.')
  }
}
