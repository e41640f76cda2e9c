/* Every change as the tests say it that carry all of them through. */

/** How a change is said where it takes more, or something else, than `jail:blog`. */
export const said: Record<string, Record<string, unknown>> = {
  'jail adopt': { jail: 'theirs' },
  'jail clone': { jail: 'blog', to: 'shop' },
  'jail create': { jail: 'shop' },
  'jail depends add': { jail: 'blog', on: 'mute' },
  'jail depends remove': { jail: 'blog', on: 'database' },
  'jail exec': { jail: 'blog', command: 'nginx -t' },
  'jail import': { archive: 'old-archive', as: 'shop' },
  'jail limits set': { jail: 'blog', memory: '512m' },
  'jail mount add': { jail: 'blog', from: '/data', on: '/data' },
  'jail mount remove': { jail: 'blog', on: '/backup' },
  'jail note set': { jail: 'blog', text: 'ours' },
  'jail pkg install': { jail: 'blog', packages: 'vim' },
  'jail pkg remove': { jail: 'blog', packages: '1' },
  'jail purge': { jail: 'old' },
  'jail rename': { jail: 'blog', to: 'journal' },
  'jail restore': { jail: 'old' },
  'jail service disable': { jail: 'blog', service: 'nginx' },
  'jail service enable': { jail: 'blog', service: 'nginx' },
  'jail service restart': { jail: 'blog', service: 'nginx' },
  'jail service start': { jail: 'blog', service: 'nginx' },
  'jail service status': { jail: 'blog', service: 'nginx' },
  'jail service stop': { jail: 'blog', service: 'nginx' },
  'jail set': { jail: 'blog', property: 'allow.raw_sockets', value: '1' },
  'jail snapshot remove': { jail: 'blog', snapshot: 'first' },
  'jail snapshot rollback': { jail: 'blog', snapshot: 'first' },
  'jail start': { jail: 'mute' },
  'jail sysrc set': { jail: 'blog', variable: 'nginx_enable', value: 'YES' },
  'jail sysrc unset': { jail: 'blog', variable: 'nginx_enable' },
  'jail tag add': { jail: 'blog', tag: 'web' },
  'jail tag remove': { jail: 'blog', tag: 'old' },
  'jail template apply': { jail: 'blog', template: 'site' },
  'jail template show': { template: 'site' },
  'jail timezone': { jail: 'blog', zone: 'Europe/Berlin' },
  'jail upgrade': { jail: 'blog', release: '15.1-RELEASE' },
  'proxy allow add': { site: 'blog.example.com', from: '192.0.2.1' },
  'proxy allow off': { site: 'blog.example.com' },
  'proxy allow remove': { site: 'blog.example.com', from: '10.0.0.1' },
  'proxy auth add': { site: 'blog.example.com', user: 'ana' },
  'proxy auth remove': { site: 'blog.example.com', user: 'bo' },
  'proxy disable': { site: 'blog.example.com' },
  'proxy drain': { jail: 'blog' },
  'proxy enable': { site: 'blog.example.com' },
  'proxy headers': { site: 'blog.example.com', hsts: '1y' },
  'proxy limit': { site: 'blog.example.com', requests: '100' },
  'proxy move': { site: 'blog.example.com', to: 'database' },
  'proxy sites import': { file: 'sites.json' },
  'proxy show': { site: 'blog.example.com' },
  'proxy test': { site: 'blog.example.com' },
  'proxy undo': { site: 'blog.example.com' },
  'proxy redirect': { site: 'blog.example.com', to: 'https://www.example.com' },
  'proxy weight': { site: 'blog.example.com', jail: 'database', share: '10%' },
  'proxy add': { site: 'new.example.com', jail: 'blog' },
  'proxy remove': { site: 'blog.example.com' },
  'release fetch': { release: '14.3-RELEASE', from: '/srv/disc1.iso' },
  'release remove': { release: '15.1-RELEASE' },
  'release update': { release: '15.1-RELEASE' },
}

/** What is started depends on it. */
export const saidToo: Record<string, Record<string, unknown>> = { 'release fetch': { release: '14.3-RELEASE' } }

/** Of ezjail's base there are always users, and of some managers no release without ZFS. */
export const refusedByState = ['release_in_use', 'host_not_ready', 'release_exists']

/** What looks tell that have to make sense; `1` where nobody minds. */
export const told: Record<string, string> = {
  file: '[{"host":"blog.example.com","targets":[{"jail":"blog","weight":100}],"settings":{"limit":5}}]',
  manifest: `base.txz\t${'0'.repeat(64)}\t1\n`,
}
