import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toReal, type Paths } from '../paths.ts'
import { isYes } from '../service/rc.ts'
import { readRcFiles } from '../sysrc/file.ts'

/** What bastille.conf says: full paths, as everything that bastille prints and writes names them. */
export interface BastilleConf {
  prefix: string
  jails: string
  releases: string
  templates: string
  backups: string
  cache: string
  logs: string
  resolvConf: string
  /** The interface of a jail for which none is named. */
  interface: string
  /** The dataset of all, zroot/bastille; undefined without ZFS. */
  dataset: string | undefined
  /** The names that `list -j` gives its fields: they changed twice. */
  keys: KeySet
}

export type KeySet = 'may-2025' | '1.4.4' | 'head'

export const confFile = '/usr/local/etc/bastille/bastille.conf'
/** Of the lab only: the version whose keys `list -j` uses. */
const keysFile = '/usr/local/etc/bastille/lab-json'

export function readConf(paths: Paths): BastilleConf {
  const read = readRcFiles([{ real: toReal(paths, confFile), shown: confFile }])
  const values = read.kind === 'read' ? read.values : new Map<string, string>()
  const prefix = values.get('bastille_prefix') ?? '/usr/local/bastille'
  const get = (name: string, otherwise: string) => values.get(`bastille_${name}`) ?? otherwise
  const pool = get('zfs_zpool', '')
  const isOnZfs = isYes(values.get('bastille_zfs_enable')) && pool !== ''
  return {
    prefix,
    jails: get('jailsdir', join(prefix, 'jails')),
    releases: get('releasesdir', join(prefix, 'releases')),
    templates: get('templatesdir', join(prefix, 'templates')),
    backups: get('backupsdir', join(prefix, 'backups')),
    cache: get('cachedir', join(prefix, 'cache')),
    logs: get('logsdir', '/var/log/bastille'),
    resolvConf: get('resolv_conf', '/etc/resolv.conf'),
    interface: get('network_loopback', '') === '' ? get('network_shared', '') : get('network_loopback', ''),
    dataset: isOnZfs ? `${pool}/${get('zfs_prefix', '')}` : undefined,
    keys: keySet(toReal(paths, keysFile)),
  }
}

function keySet(file: string): KeySet {
  const word = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  return word === 'may-2025' || word === 'head' ? word : '1.4.4'
}
