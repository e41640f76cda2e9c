import { wordsOf } from '../words.ts'

/** What may be set: what it is by default, and the words that it may have; kept and shown, without any other effect. */
export interface Settable {
  byDefault: string
  words?: string[]
  isSize?: true
  /** Not handed down to what lies below. */
  isOwn?: true
}

const onOff = ['on', 'off']
const size: Settable = { byDefault: 'none', isSize: true, isOwn: true }

export const settable: Record<string, Settable> = {
  mountpoint: { byDefault: '' },
  canmount: { byDefault: 'on', words: ['on', 'off', 'noauto'], isOwn: true },
  quota: size,
  reservation: size,
  refquota: size,
  refreservation: size,
  recordsize: { byDefault: '128K', isSize: true },
  checksum: { byDefault: 'on', words: wordsOf('on off fletcher2 fletcher4 sha256 noparity sha512 skein edonr blake3') },
  compression: { byDefault: 'on', words: wordsOf('on off lzjb gzip gzip-1 gzip-6 gzip-9 zle lz4 zstd zstd-3 zstd-9 zstd-19 zstd-fast') },
  atime: { byDefault: 'on', words: onOff },
  devices: { byDefault: 'on', words: onOff },
  exec: { byDefault: 'on', words: onOff },
  setuid: { byDefault: 'on', words: onOff },
  readonly: { byDefault: 'off', words: onOff },
  jailed: { byDefault: 'off', words: onOff },
  snapdir: { byDefault: 'hidden', words: ['disabled', 'hidden', 'visible'] },
  aclmode: { byDefault: 'discard', words: wordsOf('discard groupmask passthrough restricted') },
  aclinherit: { byDefault: 'restricted', words: wordsOf('discard noallow restricted passthrough passthrough-x') },
  xattr: { byDefault: 'sa', words: wordsOf('on off dir sa') },
  copies: { byDefault: '1', words: ['1', '2', '3'] },
  primarycache: { byDefault: 'all', words: ['all', 'none', 'metadata'] },
  secondarycache: { byDefault: 'all', words: ['all', 'none', 'metadata'] },
  logbias: { byDefault: 'latency', words: ['latency', 'throughput'] },
  dedup: { byDefault: 'off', words: wordsOf('on off verify sha256 sha512 skein edonr blake3') },
  sync: { byDefault: 'standard', words: ['standard', 'always', 'disabled'] },
  redundant_metadata: { byDefault: 'all', words: wordsOf('all most some none') },
}

/** The lab does not do what these would do, so they cannot be set to anything but the default. */
export const notImitated: Record<string, string> = { filesystem_limit: 'none', snapshot_limit: 'none' }

/** What the pool says of itself. */
export const readOnly = wordsOf(`
  name type creation used available referenced compressratio mounted origin createtxg guid usedbysnapshots usedbydataset
  usedbychildren usedbyrefreservation objsetid refcompressratio written logicalused logicalreferenced userrefs defer_destroy clones
  version casesensitivity encryption
`)

/** In the order of `zfs get all`. */
export const orderOfAll = wordsOf(`
  type creation used available referenced compressratio mounted origin quota reservation recordsize mountpoint checksum compression
  atime devices exec setuid readonly jailed snapdir aclmode aclinherit createtxg canmount xattr copies version casesensitivity refquota
  refreservation guid primarycache secondarycache usedbysnapshots usedbydataset usedbychildren usedbyrefreservation logbias objsetid
  dedup sync refcompressratio written logicalused logicalreferenced redundant_metadata encryption
`)

export const orderOfSnapshot = wordsOf(`
  type creation used referenced compressratio devices exec setuid createtxg xattr version casesensitivity guid primarycache
  secondarycache defer_destroy userrefs objsetid refcompressratio written logicalreferenced encryption
`)

const short: Record<string, string> = {
  avail: 'available',
  refer: 'referenced',
  refreserv: 'refreservation',
  reserv: 'reservation',
  compress: 'compression',
  recsize: 'recordsize',
  rdonly: 'readonly',
  ratio: 'compressratio',
  zoned: 'jailed',
}

export function fullName(property: string): string {
  return short[property] ?? property
}

export function isUserProperty(name: string): boolean {
  return /^[a-z0-9_.+-]*:[a-z0-9:_.+-]*$/.test(name) && name.length < 256
}

export function isKnown(name: string): boolean {
  return isUserProperty(name) || settable[name] !== undefined || notImitated[name] !== undefined || readOnly.includes(name)
}
