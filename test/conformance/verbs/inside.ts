import { writeFileSync } from 'node:fs'
import { expectSaid, onHost, textOf, type Verb } from './verb.ts'
import type { World } from '../world.ts'

const kernel = (world: World) => world.column.kernelName('blog')
const inside = (world: World, words: string, wanted: RegExp) => expectSaid(world, `jexec ${kernel(world)} ${words}`, wanted)
const rcConf = (world: World, wanted: RegExp) => {
  const text = textOf(world, `${world.column.root('blog')}/etc/rc.conf`)
  return wanted.test(text) ? [] : [`rc.conf of blog: ${text}`]
}

/** What is done within a running jail. */
export const insideVerbs: readonly Verb[] = [
  { path: 'jail exec', args: { jail: 'blog', command: 'touch /root/here' }, problems: (world) => inside(world, 'ls /root', /here/) },
  {
    path: 'jail pkg install',
    args: { jail: 'blog', packages: 'tmux' },
    problems: (world) => expectSaid(world, `pkg -j ${kernel(world)} info -e tmux && echo yes`, /yes/),
  },
  {
    path: 'jail pkg remove',
    args: { jail: 'blog', packages: 'htop' },
    problems: (world) => expectSaid(world, `pkg -j ${kernel(world)} info -e htop || echo no`, /no/),
  },
  {
    path: 'jail pkg upgrade',
    args: { jail: 'blog' },
    prepare: async (world) => writeFileSync(onHost(world, '/var/db/lab-mirror.json'), '{"packages":{"htop":"9.9.9"}}'),
    problems: (world) => expectSaid(world, `pkg -j ${kernel(world)} query %v htop`, /^9\.9\.9$/m),
  },
  {
    path: 'jail service enable',
    args: { jail: 'blog', service: 'sshd' },
    problems: async (world) => rcConf(world, /sshd_enable="?YES/),
  },
  {
    path: 'jail service disable',
    args: { jail: 'blog', service: 'syslogd' },
    problems: async (world) => rcConf(world, /syslogd_enable="?NO|^((?!syslogd_enable).)*$/s),
  },
  {
    path: 'jail service start',
    args: { jail: 'blog', service: 'sshd' },
    problems: (world) => expectSaid(world, `service -j ${kernel(world)} sshd onestatus`, /is running/),
  },
  {
    path: 'jail service stop',
    args: { jail: 'blog', service: 'syslogd' },
    problems: (world) => expectSaid(world, `service -j ${kernel(world)} syslogd onestatus`, /not running/),
  },
  {
    path: 'jail service restart',
    args: { jail: 'blog', service: 'syslogd' },
    problems: (world) => expectSaid(world, `service -j ${kernel(world)} syslogd status`, /is running/),
  },
  {
    path: 'jail sysrc set',
    args: { jail: 'blog', variable: 'clear_tmp_enable', value: 'NO' },
    problems: async (world) => rcConf(world, /clear_tmp_enable="?NO/),
  },
  {
    path: 'jail timezone',
    args: { jail: 'blog', zone: 'Europe/Berlin' },
    problems: (world) => inside(world, 'cat /var/db/zoneinfo', /Europe\/Berlin/),
  },
  {
    path: 'jail resolver',
    args: { jail: 'blog', servers: '9.9.9.9' },
    problems: (world) => inside(world, 'cat /etc/resolv.conf', /nameserver 9\.9\.9\.9/),
  },
  {
    path: 'jail password set',
    args: { jail: 'blog' },
    problems: async (world) => (hash(world).length > 3 ? [] : ['root has no password']),
  },
  {
    path: 'jail password lock',
    args: { jail: 'blog' },
    problems: async (world) => (hash(world).includes('LOCKED') ? [] : ['root is not locked']),
  },
  {
    path: 'jail template apply',
    args: { jail: 'blog', template: 'greeting' },
    problems: (world) => inside(world, 'cat /etc/motd.template', /hello from a template/),
  },
  { path: 'jail update', args: { jail: 'blog' }, problems: (world) => inside(world, 'freebsd-version -u', /15\.1-RELEASE-p/) },
  {
    path: 'jail upgrade',
    args: { jail: 'elder', release: '15.1-RELEASE' },
    prepare: async (world) => {
      const { manager } = world.column
      await world.say('release fetch', { release: '15.0-RELEASE', manager })
      if (manager === 'jail.conf') await world.say('release fetch', { release: '15.1-RELEASE', manager })
      await world.say('jail create', { jail: 'elder', release: '15.0-RELEASE', nginx: 'no' })
    },
    problems: (world) => expectSaid(world, `jexec ${world.column.kernelName('elder')} freebsd-version -u`, /15\.1-RELEASE/),
  },
]

function hash(world: World): string {
  return /^root:([^:]*):/m.exec(textOf(world, `${world.column.root('blog')}/etc/master.passwd`))?.[1] ?? ''
}
