import { JailopsError } from '../../core/errors.ts'
import type { ObservedFacts } from '../../core/host.ts'
import type { Step, Undo } from '../../core/step.ts'

/*
 * Who starts at boot, as rc.d/jail sees it (recorded in 07-jail-conf-story.txt):
 *   jail_list="mail dns"   those two
 *   jail_list="" or unset  every jail of jail.conf
 *   jail_list=" "          nobody; the facts carry it as one empty word
 * So neither `jail_list+=NAME` on an empty list nor `jail_list-=NAME` of the last name leaves the other jails' boot alone.
 */

type Boot = ObservedFacts['boot']

export function bootOn(boot: Boot, name: string): Step[] {
  if (!boot.jailEnable) return [...bootOnAlone(boot, name), enable]
  if (boot.list.includes(name)) return []
  if (boot.list.length > 0 || boot.configured.length === 0) return [bootWord(boot, name, true)]
  if (boot.configured.includes(name)) return []
  return [setList([...boot.configured, name], boot, `Let ${name} start at boot, and all others that do today`)]
}

export function bootOff(boot: Boot, name: string): Step[] {
  if (boot.list.includes(name)) return [bootWord(boot, name, false)]
  if (boot.list.length > 0 || !boot.configured.includes(name)) return []
  const others = boot.configured.filter((other) => other !== name)
  return [setList(others, boot, `Let all jails but ${name} start at boot, as today`)]
}

/** Says nothing of the other names, so that two pending plans do not void each other. */
function bootWord(boot: Boot, name: string, on: boolean): Step {
  return {
    title: on ? `Let ${name} start at boot` : `Take ${name} from the boot list`,
    action: { kind: 'boot-word', name, on, whenEmpty: boot.configured.length === 0 ? 'unset' : 'nobody' },
  }
}

/** While jail_enable is NO nobody starts; switching it on for one must not switch it on for others. */
function bootOnAlone(boot: Boot, name: string): Step[] {
  const woken = [...new Set([...boot.list, ...(boot.list.length === 0 ? boot.configured : [])])].filter(
    (other) => other !== name && other !== '',
  )
  if (woken.length > 0) {
    throw new JailopsError(
      'host_not_ready',
      `jail_enable is not YES on this host; switching it on for ${name} would also start ${woken.join(', ')} at boot. ` +
        'Decide that by hand first (sysrc jail_enable=YES, or shorten jail_list), or ask again with boot:no.',
    )
  }
  return bootOn({ ...boot, jailEnable: true }, name)
}

const enable: Step = {
  title: 'Let the host start its jails at boot',
  action: sysrc('jail_enable=YES'),
  done: { kind: 'command', argv: ['sysrc', '-n', 'jail_enable'], stdout: 'YES' },
  undo: [{ action: sysrc('-x', 'jail_enable') }],
}

/** An empty list of names is written as one space: see above. */
function setList(names: readonly string[], before: Boot, title: string): Step {
  const value = names.join(' ') || ' '
  return { title, action: sysrc(`jail_list=${value}`), done: list({ stdout: value }), undo: bringBack(before) }
}

function bringBack(before: Boot): Undo[] {
  return [before.list.length === 0 ? { action: sysrc('-x', 'jail_list') } : bringBackList(before)]
}

function bringBackList({ list: names }: Boot): Undo {
  const value = names.join(' ') || ' '
  return { action: sysrc(`jail_list=${value}`), unless: list({ stdout: value }) }
}

function list(expected: { stdout: string }) {
  return { kind: 'command', argv: ['sysrc', '-n', 'jail_list'], ...expected } satisfies Step['done']
}

function sysrc(...words: string[]) {
  return { kind: 'run', argv: ['sysrc', ...words], timeoutSeconds: 30 } satisfies Step['action']
}
