import { expectRunning, expectSaid, onHost, textOf, type Verb } from './verb.ts'
import type { World } from '../world.ts'

const dataset = (world: World) =>
  ({ 'jail.conf': 'zroot/jails/blog', bastille: 'zroot/bastille/jails/blog', iocage: 'zroot/iocage/jails/blog', ezjail: 'none' })[
    world.column.manager
  ]
const kernel = (world: World, jail = 'blog') => world.column.kernelName(jail)

/** What is set on a jail from outside. */
export const properties: readonly Verb[] = [
  { path: 'jail boot off', args: { jail: 'blog' }, problems: (world) => startsAtBoot(world, 'blog', false) },
  { path: 'jail boot on', args: { jail: 'mute' }, problems: (world) => startsAtBoot(world, 'mute', true) },
  {
    path: 'jail depends add',
    args: { jail: 'mute', on: 'blog' },
    problems: async (world) => (/blog/.test(await dependsOf(world)) ? [] : ['mute does not depend on blog']),
  },
  {
    path: 'jail depends remove',
    args: { jail: 'mute', on: 'blog' },
    prepare: (world) => world.say('jail depends add', { jail: 'mute', on: 'blog' }),
    problems: async (world) => (/blog/.test(await dependsOf(world)) ? ['mute still depends on blog'] : []),
  },
  {
    path: 'jail limits set',
    args: { jail: 'blog', memory: '512m', processes: '100' },
    problems: async (world) => [
      ...(await expectSaid(world, 'rctl', new RegExp(`^jail:${kernel(world)}:memoryuse:deny=536870912$`, 'm'))),
      ...(await expectSaid(world, 'cat $H/etc/rctl.conf', new RegExp(`^jail:${kernel(world)}:maxproc:deny=100$`, 'm'))),
    ],
  },
  {
    path: 'jail mount add',
    args: async (world) => ({ jail: 'blog', from: onHost(world, '/data'), on: '/mnt' }),
    problems: (world) => expectSaid(world, 'mount -p', new RegExp(`${world.column.root('blog')}/mnt\\s+nullfs\\s+ro`)),
  },
  {
    path: 'jail mount remove',
    args: { jail: 'blog', on: '/mnt' },
    prepare: (world) => world.say('jail mount add', { jail: 'blog', from: onHost(world, '/data'), on: '/mnt' }),
    problems: (world) => expectSaid(world, `mount -p | grep -c ${world.column.root('blog')}/mnt`, /^0/),
  },
  {
    path: 'jail set',
    args: { jail: 'blog', property: 'allow.raw_sockets', value: '1' },
    problems: async (world) => ((await isSet(world)) ? [] : ['allow.raw_sockets is not set']),
  },
  {
    path: 'jail snapshot create',
    args: { jail: 'blog', snapshot: 'second' },
    problems: (world) => expectSaid(world, `zfs list -H -o name ${dataset(world)}@second`, /@second$/m),
  },
  {
    path: 'jail snapshot remove',
    args: { jail: 'blog', snapshot: 'first' },
    problems: (world) => expectSaid(world, `zfs list -H -o name ${dataset(world)}@first`, /does not exist/),
  },
  {
    path: 'jail snapshot rollback',
    args: { jail: 'blog', snapshot: 'first' },
    prepare: async (world) => void (await world.sh(`jexec ${kernel(world)} touch /root/later`)),
    problems: async (world) => [
      ...(await expectRunning(world, 'blog')),
      ...(await expectSaid(world, `jexec ${kernel(world)} test -e /root/later && echo there || echo gone`, /gone/)),
    ],
  },
  { path: 'jail tag add', args: { jail: 'blog', tag: 'fresh' }, problems: (world) => isMarked(world, /fresh/) },
  {
    path: 'jail tag remove',
    args: { jail: 'blog', tag: 'web' },
    problems: async (world) => ((await isMarked(world, /\bweb\b/)).length > 0 ? [] : ['the tag web is still there']),
  },
  { path: 'jail note set', args: { jail: 'blog', text: 'ticket 12' }, problems: (world) => isMarked(world, /ticket/) },
]

async function startsAtBoot(world: World, jail: string, starts: boolean): Promise<string[]> {
  const found = {
    'jail.conf': async () => / blog\b|"blog\b/.test(textOf(world, '/etc/rc.conf').replaceAll(jail, 'blog')),
    bastille: async () => /boot="?on/.test(textOf(world, `/usr/local/bastille/jails/${jail}/settings.conf`)),
    iocage: async () => /"boot": (1|"on")/.test(textOf(world, `/iocage/jails/${jail}/config.json`)),
    // a blocking jail is passed over at boot; of two lines the last counts
    ezjail: async () => !/_forceblocking="YES"(?![^]*_forceblocking="")/.test(textOf(world, `/usr/local/etc/ezjail/${jail}`)),
  }
  return (await found[world.column.manager]()) === starts ? [] : [`${jail} ${starts ? 'does not start' : 'starts'} at boot`]
}

async function dependsOf(world: World): Promise<string> {
  const files = {
    'jail.conf': '/etc/jail.conf.d/mute.conf',
    bastille: '/usr/local/bastille/jails/mute/settings.conf',
    iocage: '/iocage/jails/mute/config.json',
    ezjail: '/usr/local/etc/ezjail/mute',
  }
  return textOf(world, files[world.column.manager])
    .split('\n')
    .filter((line) => /depend/i.test(line))
    .join('\n')
}

async function isSet(world: World): Promise<boolean> {
  const files = {
    'jail.conf': '/etc/jail.conf.d/blog.conf',
    bastille: '/usr/local/bastille/jails/blog/jail.conf',
    iocage: '/iocage/jails/blog/config.json',
    ezjail: '/usr/local/etc/ezjail/blog',
  }
  return /allow[._]raw_sockets"?\s*[;=:]|_parameters="[^"]*allow\.raw_sockets[ "]/.test(textOf(world, files[world.column.manager]))
}

async function isMarked(world: World, wanted: RegExp): Promise<string[]> {
  const text = world.column.manager === 'jail.conf' ? textOf(world, '/etc/jail.conf.d/blog.conf') : textOf(world, '/usr/jails/.marks')
  return wanted.test(text) ? [] : [`${String(wanted)} stands nowhere: ${text}`]
}
