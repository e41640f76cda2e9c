import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { modify } from '../jail-conf/set.ts'
import { settingOf, settingOfWord, settingValue, settingWord } from '../jail-conf/settings.ts'
import { notSupported } from '../not-supported.ts'
import { controlFileOf } from './control-file.ts'
import { changeValue } from './values.ts'

/** By the control file's `parameters`, which reach jail(8) word by word behind what ezjail says itself; live where the kernel lets it. */
export function setProperty(layout: Layout, jail: Jail, property: string, value: string | undefined): { steps: Step[]; restart: boolean } {
  if (property === 'host.hostname') {
    return notSupported('ezjail', 'host names apart from names of jails', `Say /jail rename ${jail.name} to:NAME.`)
  }
  const { live } = settingOf(property)
  const wanted = value === undefined ? undefined : settingValue(property, value)
  const words = (jail.properties['parameters'] ?? '').split(/\s+/).filter((word) => word !== '')
  const said = words.map(settingIn).findLast((one) => one?.[0] === property)?.[1]
  const before = said ?? byDefault(jail, property)
  const after = wanted ?? byDefault(jail, property)
  const others = words.filter((word) => settingIn(word)?.[0] !== property)
  const now = [...others, ...(wanted === undefined ? [] : [settingWord(property, wanted)])].join(' ')
  const title =
    wanted === undefined ? `Take ${property} out of the parameters of ${jail.name}` : `Set ${property}=${wanted} of ${jail.name}`
  const runs = jail.state === 'running'
  const canBeLive = live && before !== undefined && after !== undefined
  return {
    steps: [
      ...changeValue(controlFileOf(layout, jail), jail, { variable: 'parameters', value: now, title }),
      ...(runs && canBeLive && before !== after ? [setLive(jail, property, before, after)] : []),
    ],
    restart: runs && !canBeLive && said !== wanted,
  }
}

function settingIn(word: string): [string, string] | undefined {
  const [key = '', ...value] = word.replace(/;$/, '').split('=')
  return settingOfWord(key, value.join('='))
}

/** As rc.d/jail starts a jail of whom nothing else is said. */
function byDefault({ properties }: Jail, property: string): string | undefined {
  if (property === 'allow.mount') return String(/^(yes|true|on|1)$/i.test(properties['mount_enable'] ?? ''))
  return property === 'allow.set_hostname' ? 'false' : settingOf(property).byDefault
}

function setLive({ name, kernelName }: Jail, property: string, before: string, after: string): Step {
  return {
    title: `Set it in the running ${name} too`,
    action: modify(kernelName, settingWord(property, after)),
    done: { kind: 'command', argv: ['jls', '-j', kernelName, property], stdout: after },
    undo: [{ action: modify(kernelName, settingWord(property, before)) }],
  }
}
