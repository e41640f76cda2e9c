import { z } from 'zod'
import { JailopsError } from '../../../core/errors.ts'
import { didYouMean } from '../../../core/suggest.ts'

/*
 * What may be set of a jail. Nothing that runs a command on the host, names a path of it, or says who the jail is: the file's other
 * parameters are jailops's own.
 */

interface Setting {
  values: z.ZodType<string>
  /** What the kernel takes for it when nobody says anything; undefined where that differs from host to host. */
  byDefault?: string
  /** The kernel changes it in a running jail. */
  live: boolean
}

const yesOrNo = z.stringbool({ truthy: ['yes', 'true', 'on', '1'], falsy: ['no', 'false', 'off', '0'], error: 'must be yes or no' })
const aSwitch = yesOrNo.transform(String)
const onByDefault = new Set(['reserved_ports', 'set_hostname', 'suser', 'unprivileged_proc_debug'])
const switches = (
  'adjtime chflags extattr mlock mount mount.devfs mount.fdescfs mount.fusefs mount.linprocfs mount.linsysfs mount.nullfs mount.procfs ' +
  'mount.tmpfs mount.zfs nfsd quotas raw_sockets read_msgbuf reserved_ports routing set_hostname setaudit settime socket_af suser sysvipc ' +
  'unprivileged_parent_tampering unprivileged_proc_debug'
).split(' ')

const sharing = z.enum(['new', 'inherit', 'disable'], 'must be new, inherit or disable')
const name = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/, 'must be letters, digits, dots and hyphens')
const seconds = wholeNumber(0, 86_400)

export const settings: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ...switches.map((word): [string, Setting] => [
    `allow.${word}`,
    { values: aSwitch, byDefault: String(onByDefault.has(word)), live: true },
  ]),
  ['host.hostname', { values: name, live: true }],
  ['host.domainname', { values: name, byDefault: '', live: true }],
  ['enforce_statfs', { values: wholeNumber(0, 2), byDefault: '2', live: true }],
  ['children.max', { values: wholeNumber(0, 999_999), byDefault: '0', live: true }],
  // it can only be raised while the jail runs, and what was raised could not be taken back
  ['securelevel', { values: wholeNumber(-1, 3), live: false }],
  // what is mounted on /dev already keeps its rules
  ['devfs_ruleset', { values: wholeNumber(0, 65_535), live: false }],
  ['sysvmsg', { values: sharing, live: false }],
  ['sysvsem', { values: sharing, live: false }],
  ['sysvshm', { values: sharing, live: false }],
  ['osrelease', { values: z.string().regex(/^[A-Za-z0-9._-]{1,31}$/, 'must be such as 15.1-RELEASE'), live: false }],
  ['osreldate', { values: wholeNumber(1, 99_999_999), live: false }],
  // jail(8) itself heeds these when it starts or stops a jail
  ['exec.timeout', { values: seconds, live: false }],
  ['stop.timeout', { values: seconds, live: false }],
])

/** @throws bad_argument, with what can be set */
export function settingOf(property: string): Setting {
  const found = settings.get(property)
  if (found !== undefined) return found
  const known = [...settings.keys()]
  throw new JailopsError(
    'bad_argument',
    `${property} cannot be set by jailops.${didYouMean(property, known)} It sets allow.… (such as allow.raw_sockets), ` +
      `${known.filter((one) => !one.startsWith('allow.')).join(', ')}. For mounts, addresses, dependencies and the name there are commands of their own.`,
  )
}

/** As it stands in the file. @throws bad_argument */
export function settingValue(property: string, value: string): string {
  const result = settingOf(property).values.safeParse(value)
  if (result.success) return result.data
  throw new JailopsError('bad_argument', `${property} ${result.error.issues[0]?.message ?? 'cannot be that'}.`)
}

/** As jail(8) takes it in its file and, with `=` and without quotes, on its command line: a switch has no value, `allow.nomount` switches off. */
export function settingWord(property: string, value: string): string {
  if (!isSwitch(property)) return `${property}=${value}`
  const dot = property.lastIndexOf('.') + 1
  return value === 'true' ? property : `${property.slice(0, dot)}no${property.slice(dot)}`
}

/** Which setting a parameter of the file is. */
export function settingOfWord(word: string, value: string): [property: string, value: string] | undefined {
  if (settings.has(word)) return [word, isSwitch(word) ? 'true' : value]
  const twin = word.replace(/\.no([a-z_]+)$/, '.$1')
  return settings.has(twin) && isSwitch(twin) ? [twin, 'false'] : undefined
}

function isSwitch(property: string): boolean {
  return property.startsWith('allow.')
}

function wholeNumber(from: number, to: number): z.ZodType<string> {
  return z
    .string()
    .regex(/^(0|-?[1-9][0-9]{0,8})$/, `must be a number from ${from} to ${to}`)
    .refine((text) => Number(text) >= from && Number(text) <= to, `must be from ${from} to ${to}`)
}
