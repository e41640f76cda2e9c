import type { Layout } from '../../core/layout.ts'
import type { TheirProxy } from '../../core/proxy.ts'
import { isBesideTheirs, theirLink } from '../proxy/adopt/beside.ts'
import { realPath } from '../proxy/adopt/follow.ts'
import { frontFile } from '../proxy/configuration.ts'
import type { Shell } from '../shell.ts'
import { rcVariable } from './boot.ts'

/** The configuration by which the service would start HAProxy, where that is not ours alone. `named`: haproxy_config of rc.conf. */
export async function observeTheirs(shell: Shell, { haproxy }: Layout, named: string): Promise<TheirProxy | undefined> {
  const { configFolder, usualFile } = haproxy
  if (named !== configFolder) return look(shell, named === '' ? usualFile : named, { isShared: false, ...(named !== '' && { named }) })
  const front = (await shell.readFile(`${configFolder}/${frontFile}`)) ?? ''
  return isBesideTheirs(front) ? look(shell, `${configFolder}/${theirLink}`, { isShared: true }) : undefined
}

async function look(shell: Shell, named: string, more: Pick<TheirProxy, 'isShared' | 'named'>): Promise<TheirProxy> {
  const path = (await realPath(shell, named)) ?? named
  const lacks = (problem: string): TheirProxy => ({ ...more, path, problem })
  const status = await shell.stat(path)
  if (status === undefined) return lacks(`there is no ${named}`)
  if (status.kind !== 'file') return lacks(`${named} is a ${status.kind} of several files, and jailops puts its block into one file only`)
  const [flags, profiles] = await Promise.all(['haproxy_flags', 'haproxy_profiles'].map((name) => rcVariable(shell, name)))
  if (flags !== '' || profiles !== '') {
    return lacks('haproxy_flags or haproxy_profiles in rc.conf say by what it starts, so haproxy_config does not. Do without them')
  }
  const text = await shell.readFile(path)
  if (text === undefined || text.includes('�')) return lacks(`${path} holds bytes that are not UTF-8 text; jailops could not put them back`)
  return { ...more, path, text }
}
