import type { Verb } from './verb.ts'

const says = (wanted: RegExp) => async (_: unknown, answer: string) => (wanted.test(answer) ? [] : [`it answers ${answer.slice(0, 200)}`])

/** Questions: right, or refused with what is the matter; never an empty list where the host did not answer. */
export const reads: readonly Verb[] = [
  { path: 'jail list', args: {}, problems: says(/blog.*mute/s) },
  { path: 'jail info', args: { jail: 'blog' }, problems: says(/blog is running/) },
  { path: 'jail get', args: { jail: 'blog' }, problems: says(/blog/) },
  { path: 'jail audit', args: {}, problems: says(/jail|finding|good/i) },
  { path: 'jail top', args: { jail: 'blog' }, problems: says(/syslogd/) },
  { path: 'jail logs', args: { jail: 'blog', file: 'messages' }, problems: says(/hello log/) },
  { path: 'jail pkg list', args: { jail: 'blog' }, problems: says(/htop/) },
  { path: 'jail pkg audit', args: { jail: 'blog' }, problems: says(/vulnerab|15\.1/i) },
  { path: 'jail service list', args: { jail: 'blog' }, problems: says(/syslogd/) },
  { path: 'jail service status', args: { jail: 'blog', service: 'syslogd' }, problems: says(/running/) },
  { path: 'jail sysrc get', args: { jail: 'blog', variable: 'syslogd_enable' }, problems: says(/YES/) },
  { path: 'jail limits show', args: { jail: 'blog' }, problems: says(/memoryuse/) },
  { path: 'jail mount list', args: { jail: 'blog' }, problems: says(/blog/) },
  { path: 'jail snapshot list', args: { jail: 'blog' }, problems: says(/snapshot/) },
  { path: 'jail template list', args: {}, problems: says(/greeting/) },
  { path: 'jail template show', args: { template: 'greeting' }, problems: says(/hello from a template/) },
  { path: 'release list', args: {}, problems: says(/15\.1-RELEASE|base/) },
]
