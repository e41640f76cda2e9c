import { isYes, rcVariable } from '../facts/boot.ts'
import { good, type Look, type Seen, shown, warning } from './look.ts'

export async function checkBoot({ shell }: Look): Promise<Seen[]> {
  const enable = await rcVariable(shell, 'jail_enable')
  if (isYes(enable)) return [good('jail_enable is YES in rc.conf, so jails start at boot.')]
  const value = enable === '' ? 'not set' : shown(enable)
  return [
    warning(
      `jail_enable is ${value}, so no jail starts at boot; the first one made to start at boot switches it on, unless that would start others too.`,
      'sysrc jail_enable=YES',
    ),
  ]
}
