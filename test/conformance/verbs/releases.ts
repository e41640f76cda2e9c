import { expectSaid, type Verb } from './verb.ts'
import type { World } from '../world.ts'

const folder = (world: World, release: string) =>
  ({
    'jail.conf': `/usr/jails/.releases/${release}`,
    bastille: `/usr/local/bastille/releases/${release}`,
    iocage: `/iocage/releases/${release}/root`,
    ezjail: '/usr/jails/basejail',
  })[world.column.manager]

function toRemove(world: World): string {
  return world.column.manager === 'ezjail' ? '15.1-RELEASE' : '15.0-RELEASE'
}

export const releases: readonly Verb[] = [
  {
    path: 'release fetch',
    args: async (world) => ({ release: '15.0-RELEASE', manager: world.column.manager }),
    problems: (world) => expectSaid(world, `cat $H${folder(world, '15.0-RELEASE')}/bin/freebsd-version`, /15\.0-RELEASE/),
  },
  {
    path: 'release update',
    args: async (world) => ({ release: '15.1-RELEASE', manager: world.column.manager }),
    prepare: async (world) =>
      void (world.column.manager === 'jail.conf' && (await world.say('release fetch', { release: '15.1-RELEASE', manager: 'jail.conf' }))),
    problems: (world) => expectSaid(world, `cat $H${folder(world, '15.1-RELEASE')}/bin/freebsd-version`, /15\.1-RELEASE-p/),
  },
  {
    path: 'release remove',
    args: async (world) => ({ release: toRemove(world), manager: world.column.manager }),
    prepare: async (world) => {
      if (world.column.manager !== 'ezjail') return world.say('release fetch', { release: '15.0-RELEASE', manager: world.column.manager })
      // it has one base, which each of its jails needs, in the trash too
      for (const jail of ['blog', 'mute']) await world.say('jail destroy', { jail })
      for (const jail of ['blog', 'mute', 'gone']) await world.say('jail purge', { jail })
    },
    problems: (world) => expectSaid(world, `ls $H${folder(world, '15.0-RELEASE')}`, /No such file/),
  },
]
