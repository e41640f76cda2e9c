import { z } from 'zod'
import { JailopsError } from '../../../core/errors.ts'
import { didYouMean } from '../../../core/suggest.ts'

/*
 * What may be set of a jail of iocage, and what it is when nobody says anything. Nothing that runs a command on the host (exec_*), names a dataset
 * or interface, or says who the jail is; and nothing of nat: with that iocage flushes the host's firewall.
 */

interface Setting {
  values: z.ZodType<string>
  byDefault: string
  /** live: iocage gives it to the kernel at once. stopped: it tries to, and what was done there could not be taken back. */
  kernel: 'live' | 'stopped' | 'no'
}

const yesOrNo = z.stringbool({ truthy: ['yes', 'true', 'on', '1'], falsy: ['no', 'false', 'off', '0'], error: 'must be yes or no' })
/** As it stands in config.json. */
const aSwitch = yesOrNo.transform((on) => (on ? '1' : '0'))
const sharing = z.enum(['new', 'inherit', 'disable'], 'must be new, inherit or disable')
const hostname = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/, 'must be letters, digits, dots and hyphens')

const liveSwitches =
  'allow_chflags allow_mlock allow_mount allow_mount_devfs allow_mount_fdescfs allow_mount_fusefs allow_mount_linprocfs allow_mount_linsysfs ' +
  'allow_mount_nullfs allow_mount_procfs allow_mount_tmpfs allow_mount_zfs allow_nfsd allow_quotas allow_raw_sockets allow_set_hostname ' +
  'allow_socket_af allow_sysvipc'
const lateSwitches = 'allow_tun exec_clean host_time mount_devfs mount_fdescfs mount_linprocfs mount_procfs'
const onByDefault = new Set(['allow_set_hostname', 'exec_clean', 'host_time', 'mount_devfs', 'mount_fdescfs'])

function switches(names: string, kernel: Setting['kernel']): [string, Setting][] {
  return names.split(' ').map((name) => [name, { values: aSwitch, byDefault: onByDefault.has(name) ? '1' : '0', kernel }])
}

const settings: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ...switches(liveSwitches, 'live'),
  ...switches(lateSwitches, 'no'),
  ['children_max', { values: wholeNumber(0, 999_999), byDefault: '0', kernel: 'live' }],
  ['enforce_statfs', { values: wholeNumber(0, 2), byDefault: '2', kernel: 'no' }],
  ['host_hostname', { values: hostname, byDefault: '', kernel: 'live' }],
  ['host_domainname', { values: z.union([z.literal('none'), hostname]), byDefault: 'none', kernel: 'live' }],
  ['securelevel', { values: wholeNumber(-1, 3), byDefault: '2', kernel: 'stopped' }],
  ['sysvmsg', { values: sharing, byDefault: 'new', kernel: 'stopped' }],
  ['sysvsem', { values: sharing, byDefault: 'new', kernel: 'stopped' }],
  ['sysvshm', { values: sharing, byDefault: 'new', kernel: 'stopped' }],
  ['devfs_ruleset', { values: wholeNumber(0, 65_535), byDefault: '4', kernel: 'no' }],
  ['exec_timeout', { values: wholeNumber(0, 86_400), byDefault: '60', kernel: 'no' }],
  ['stop_timeout', { values: wholeNumber(0, 86_400), byDefault: '30', kernel: 'no' }],
  ['priority', { values: wholeNumber(1, 99), byDefault: '99', kernel: 'no' }],
])

/** Also as jail(8) spells it. */
export function settingNamed(property: string): { key: string; setting: Setting } {
  const key = property.replaceAll('.', '_')
  const setting = settings.get(key)
  if (setting !== undefined) return { key, setting }
  if (key === 'nat' || key.startsWith('nat_')) {
    throw new JailopsError('bad_argument', `${property} is never set: with it iocage flushes the host's firewall when the jail starts.`)
  }
  throw new JailopsError(
    'bad_argument',
    `${property} cannot be set by jailops.${didYouMean(key, [...settings.keys()])} It sets allow_… (such as allow_raw_sockets), ` +
      `${[...settings.keys()].filter((one) => !one.startsWith('allow_')).join(', ')}. ` +
      'For mounts, addresses, limits, dependencies, boot and the name there are commands of their own.',
  )
}

/** As config.json has it. @throws bad_argument */
export function settingValue(property: string, { values }: Setting, value: string): string {
  const result = values.safeParse(value)
  if (result.success) return result.data
  throw new JailopsError('bad_argument', `${property} ${result.error.issues[0]?.message ?? 'cannot be that'}.`)
}

/** The kernel's name for it. */
export function kernelParameter(key: string): string {
  const flat = ['allow_raw_sockets', 'allow_socket_af', 'allow_set_hostname']
  return flat.includes(key) ? key.replace('_', '.') : key.replaceAll('_', '.')
}

function wholeNumber(from: number, to: number): z.ZodType<string> {
  return z
    .string()
    .regex(/^(0|-?[1-9][0-9]{0,8})$/, `must be a number from ${from} to ${to}`)
    .refine((text) => Number(text) >= from && Number(text) <= to, `must be from ${from} to ${to}`)
}
