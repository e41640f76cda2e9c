import { expectSaid, type Verb } from './verb.ts'
import type { World } from '../world.ts'

const folder = (world: World, release: string) =>
  ({
    'jail.conf': `/usr/jails/.releases/${release}`,
    bastille: `/usr/local/bastille/releases/${release}`,
    iocage: `/iocage/releases/${release}/root`,
    ezjail: '/usr/jails/basejail',
  })[world.column.manager]

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
    args: async (world) => ({ release: '15.0-RELEASE', manager: world.column.manager }),
    prepare: (world) => world.say('release fetch', { release: '15.0-RELEASE', manager: world.column.manager }),
    problems: (world) => expectSaid(world, `ls $H${folder(world, '15.0-RELEASE')}`, /No such file/),
  },
]
