import { expect, test } from 'vitest'
import { jailConfiguration, type JailFile } from '../../src/host/jails/jail-conf/jail-file.ts'
import { newJailFile } from '../../src/host/jails/jail-conf/new-file.ts'
import { jailFileOf, propertiesOf, readJailFile } from '../../src/host/jails/jail-conf/read-file.ts'
import { testJail, testLayout } from './facts-helper.ts'

const plain = newJailFile(testLayout, { name: 'blog', address: '10.0.0.5', type: 'thick', vnet: false })
const full: JailFile = {
  ...plain,
  hostname: 'www.example.com',
  settings: { 'allow.raw_sockets': 'true', 'allow.set_hostname': 'false', enforce_statfs: '1', securelevel: '-1' },
  mounts: [
    { from: '/usr/ports', on: '/usr/ports', readOnly: true },
    { from: '/data/blog', on: '/data', readOnly: false },
  ],
  record: { type: 'thin', release: '15.1-RELEASE', depends: ['db', 'cache'], tags: ['web', 'php'], note: 'Ana\'s; "see" $wiki\n{1}' },
}
const own = newJailFile({ ...testLayout, bridge: 'bridge0' }, { name: 'lab', address: '10.0.1.7', type: 'thick', vnet: true })
const old: JailFile = { ...plain, record: { depends: [], tags: [], note: '' } }

test.each([
  ['a plain one', plain],
  ['one with everything', full],
  ['one with a network of its own', own],
  ['one of an older jailops', (({ consoleLog: _none, ...file }) => file)(old)],
])('%s is read as it was written, with and without meta', (_what, file) => {
  for (const hasMeta of [true, false]) {
    const text = jailConfiguration(file, hasMeta)
    expect(readJailFile(text)?.file).toEqual(file)
  }
  expect(jailFileOf(testJail(file.name, { properties: propertiesOf(file) }))).toEqual(file)
})

test('a file says what jail(8) needs and nothing that it could misread', () => {
  expect(jailConfiguration(full, true)).toBe(`# jailops made this file and writes it anew as a whole; keep your own jails in other files
blog {
  path = "/usr/jails/blog";
  host.hostname = "www.example.com";
  meta.jailops = "type=thin&release=15.1-RELEASE&depends=db%2Ccache&tags=web%2Cphp&note=Ana%27s%3B+%22see%22+%24wiki%0A%7B1%7D";
  ip4.addr = "lo1|10.0.0.5/32";
  mount.devfs;
  mount += "/usr/ports /usr/jails/blog/usr/ports nullfs ro 0 0";
  mount += "/data/blog /usr/jails/blog/data nullfs rw 0 0";
  exec.clean;
  exec.start = "/bin/sh /etc/rc";
  exec.stop = "/bin/sh /etc/rc.shutdown jail";
  exec.consolelog = "/var/log/jail_blog_console.log";
  allow.raw_sockets;
  allow.noset_hostname;
  enforce_statfs = "1";
  securelevel = "-1";
  persist;
}
`)
  expect(jailConfiguration(full, false)).toContain('\n  # meta.jailops = "type=thin&')
})

test('a jail with a network of its own makes its pair of interfaces, and takes it away', () => {
  const text = jailConfiguration(own, true)
  expect(text).toContain('vnet.interface = "epair263b"')
  expect(text).toContain('exec.prestart += "/sbin/ifconfig bridge0 addm epair263a"')
  expect(text).toContain('exec.start = "/sbin/ifconfig epair263b inet 10.0.1.7/24 up"')
  expect(text).toContain('exec.poststop = "/sbin/ifconfig epair263a destroy"')
  expect(text).not.toContain('ip4.addr')
})

test('without a bridge there is no network of its own', () => {
  expect(() => newJailFile(testLayout, { name: 'lab', address: '10.0.1.7', type: 'thick', vnet: true })).toThrow(
    expect.objectContaining({ code: 'not_supported_by_driver', message: expect.stringContaining('layout.bridge') }),
  )
})

const text = jailConfiguration(full, true)
test.each([
  ['a blank more', text.replace('  persist;', '  persist ;')],
  ['a parameter of somebody', text.replace('  persist;', '  exec.prestart = "touch /x";\n  persist;')],
  ['a parameter in another place', text.replace('  exec.clean;\n', '').replace('  persist;', '  exec.clean;\n  persist;')],
  ['another command', text.replace('/bin/sh /etc/rc"', '/bin/sh /etc/rc; id"')],
  ['a comment', text.replace('  persist;', '  # mine\n  persist;')],
  ['a setting that is commented out', text.replace('  allow.raw_sockets;', '  # allow.raw_sockets;')],
  ['no last newline', text.slice(0, -1)],
  ['another first line', text.replace('keep your own', 'keep our own')],
  ['a second jail', `${text}x { persist; }\n`],
  ['a setting twice', text.replace('  allow.raw_sockets;', '  allow.raw_sockets;\n  allow.raw_sockets;')],
  ['a mount elsewhere', text.replace('/usr/jails/blog/data', '/data')],
  ['a variable', text.replace('www.example.com', '$name')],
  ['Windows line ends', text.replaceAll('\n', '\r\n')],
  ['nothing', ''],
])('%s: no file of ours', (_what, changed) => {
  expect(changed).not.toBe(text)
  expect(readJailFile(changed)).toBeUndefined()
})

test('what jail(8) had to read for us is not written anew', () => {
  const jail = testJail('blog', { properties: { name: 'blog', ...propertiesOf(plain) } })
  expect(() => jailFileOf(jail)).toThrow(expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining('by hand') }))
})
