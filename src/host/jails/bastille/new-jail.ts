import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail, Release } from '../../../core/jail.ts'
import { consoleLogOf, fstabOf, jailConfOf, rootOf } from './paths.ts'

/** As it will be seen once it is made. */
export function expectedJail(facts: Pick<Facts, 'layout' | 'releases'>, jail: NewJail): Jail {
  const { layout } = facts
  const { name, address, startsAtBoot, type, vnet } = jail
  const release = jail.release ?? (jail.archive !== undefined && type === 'thick' ? undefined : newest(facts.releases)?.name)
  return {
    name,
    manager: 'bastille',
    ours: true,
    isMarked: true,
    state: 'stopped',
    kernelName: name,
    address,
    addresses: [address],
    hostname: name,
    root: rootOf(layout, name),
    startsAtBoot,
    configuration: jailConfOf(layout, name),
    type,
    ...(release !== undefined && { release }),
    vnet,
    depends: [],
    tags: [],
    note: '',
    mounts: [],
    properties: {
      'ip4.addr': `${layout.interface}|${address}`,
      path: rootOf(layout, name),
      'mount.fstab': fstabOf(layout, name),
      boot: startsAtBoot ? 'on' : 'off',
    },
    consoleLog: consoleLogOf(layout, name),
  }
}

/** The release that was asked for, else the newest that bastille has. @throws host_not_ready, with how it is fetched */
export function releaseFor({ releases }: Pick<Facts, 'releases'>, wanted: string | undefined): Release {
  const own = releases.filter(({ manager }) => manager === 'bastille')
  const found = wanted === undefined ? newest(own) : own.find(({ name }) => name === wanted)
  if (found !== undefined) return found
  const names = own.map(({ name }) => name).join(', ')
  throw new JailopsError(
    'host_not_ready',
    `bastille has ${wanted === undefined ? 'no release' : `no ${wanted}`} on this host${names === '' ? '' : ` (there is: ${names})`}. ` +
      `Fetch one first: /release fetch ${wanted ?? '15.1-RELEASE'} manager:bastille`,
  )
}

function newest(releases: readonly Release[]): Release | undefined {
  return releases
    .filter(({ manager }) => manager === 'bastille')
    .toSorted((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true }))[0]
}

/**
 * A name that stands in another jail's list of those it needs, be it as a part (`web` in `web-2`): bastille stops such a jail whenever it makes,
 * starts anew or destroys the one of that name. @throws host_not_ready
 */
export function mustNotBeNeeded({ jails }: Pick<Facts, 'jails'>, name: string): void {
  const hit = jails.find((one) => one.manager === 'bastille' && one.name !== name && one.depends.some((other) => isWordIn(other, name)))
  if (hit === undefined) return
  throw new JailopsError(
    'host_not_ready',
    `${hit.name} needs ${hit.depends.join(', ')}, and bastille takes ${name} for one of these: it would stop ${hit.name} on the way. Choose another name.`,
  )
}

/** As `grep -w` sees it: a hyphen ends a word. */
function isWordIn(text: string, word: string): boolean {
  return new RegExp(`(?<![A-Za-z0-9_])${word}(?![A-Za-z0-9_])`).test(text)
}
