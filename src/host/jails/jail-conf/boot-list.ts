import { JailopsError } from '../../../core/errors.ts'
import type { ObservedFacts } from '../../../core/host.ts'
import type { Step, Undo } from '../../../core/step.ts'

/*
 * Who starts at boot, as rc.d/jail sees it (recorded in 07-jail-conf-story.txt):
 *   jail_list="mail dns"   those two
 *   jail_list="" or unset  every jail of jail.conf
 *   jail_list=" "          nobody; the facts carry it as one empty word
 * So neither `jail_list+=NAME` on an empty list nor `jail_list-=NAME` of the last name leaves the other jails' boot alone.
 * Where jail.conf includes our folder, "every jail of jail.conf" is also every jail that we make, from when its file is there.
 */

type Boot = ObservedFacts['boot']

export function bootOn(boot: Boot, name: string): Step[] {
  if (!boot.jailEnable) return [...bootOnAlone(boot, name), enable]
  if (boot.list.includes(name)) return []
  if (boot.list.length > 0) return [bootWord(boot, name, true)]
  const names = namesInJailConf(boot)
  if (names.includes(name) || boot.includesFolder) return []
  if (names.length === 0) return [bootWord(boot, name, true)]
  return [setBootList([...names, name], boot, `Let ${name} start at boot, and all others that do today`)]
}

export function bootOff(boot: Boot, name: string): Step[] {
  if (boot.list.includes(name)) return [takeOut(boot, name)]
  if (boot.list.length > 0 || !boot.jailEnable) return []
  const names = namesInJailConf(boot)
  if (!names.includes(name)) return staysOff(boot, name)
  const others = names.filter((other) => other !== name)
  return [setBootList(others, boot, `Let all jails but ${name} start at boot, as today`)]
}

/** What the host does with an empty list rests on these names, so a part of them is not enough. @throws host_not_ready */
function namesInJailConf({ configured, unreadable }: Boot): readonly string[] {
  if (unreadable === undefined) return configured
  throw new JailopsError(
    'host_not_ready',
    `Which jails of this host start at boot is not fully known, for jail(8) cannot read jail.conf: ${unreadable}. Mend jail.conf first.`,
  )
}

function takeOut(boot: Boot, name: string): Step {
  const isLast = boot.list.every((word) => word === name)
  if (isLast) namesInJailConf(boot)
  return bootWord(boot, name, false)
}

/** Of a jail that is yet to be made. The list is not written out here: that would be a change to jails that nobody asked about. */
function staysOff({ configured, includesFolder }: Boot, name: string): [] {
  if (!includesFolder) return []
  throw new JailopsError(
    'host_not_ready',
    `jail.conf of this host includes every jail's file and jail_list is empty, so ${name} would start at boot in any case. ` +
      `Write the list of those that start today first (sysrc jail_list="${listValue(configured)}"), or let ${name} start at boot too.`,
  )
}

/** Says nothing of the other names, so that two pending plans do not void each other. */
function bootWord(boot: Boot, name: string, on: boolean): Step {
  return {
    title: on ? `Let ${name} start at boot` : `Take ${name} from the boot list`,
    action: { kind: 'boot-word', name, on, whenEmpty: isSurelyNobody(boot) ? 'unset' : 'nobody' },
  }
}

/** Whether an empty list starts nobody, now and after other jails were made. */
function isSurelyNobody({ configured, includesFolder, unreadable }: Boot): boolean {
  return configured.length === 0 && !includesFolder && unreadable === undefined
}

/** While jail_enable is NO nobody starts; switching it on for one must not switch it on for others. */
function bootOnAlone(boot: Boot, name: string): Step[] {
  const all = boot.list.length === 0 ? namesInJailConf(boot) : boot.list
  const woken = [...new Set(all)].filter((other) => other !== name && other !== '')
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
function listValue(names: readonly string[]): string {
  return names.join(' ') || ' '
}

/** The whole list, in the order in which jails start. */
export function setBootList(names: readonly string[], before: Boot, title: string): Step {
  const value = listValue(names)
  return { title, action: sysrc(`jail_list=${value}`), done: list({ stdout: value }), undo: bringBack(before) }
}

function bringBack(before: Boot): Undo[] {
  return [before.list.length === 0 ? { action: sysrc('-x', 'jail_list') } : bringBackList(before)]
}

function bringBackList({ list: names }: Boot): Undo {
  const value = listValue(names)
  return { action: sysrc(`jail_list=${value}`), unless: list({ stdout: value }) }
}

function list(expected: { stdout: string }) {
  return { kind: 'command', argv: ['sysrc', '-n', 'jail_list'], ...expected } satisfies Step['done']
}

function sysrc(...words: string[]) {
  return { kind: 'run', argv: ['sysrc', ...words], timeoutSeconds: 30 } satisfies Step['action']
}
