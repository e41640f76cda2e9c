import { expect, test } from 'vitest'
import { newJailFile } from '../../src/host/jails/jail-conf/new-file.ts'
import { propertiesOf } from '../../src/host/jails/jail-conf/read-file.ts'
import { settings, settingOfWord, settingValue, settingWord } from '../../src/host/jails/jail-conf/settings.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import type { Jail } from '../../src/core/jail.ts'
import { testFacts, testJail, testLayout } from './facts-helper.ts'

const file = newJailFile(testLayout, { name: 'blog', address: '10.0.0.5', type: 'thick', vnet: false })

function set(property: string, value: string | undefined, more: Partial<Jail> = {}, had: Record<string, string> = {}) {
  const jail = testJail('blog', { properties: propertiesOf({ ...file, settings: had }), ...more })
  return createDrivers(testFacts()).jails.set(jail, property, value)
}

test('a setting that the kernel changes is set in file and kernel, and goes back to what it was', () => {
  const { steps, restart } = set('allow.raw_sockets', 'yes')
  expect(restart).toBe(false)
  expect(steps[0]?.action).toMatchObject({ kind: 'write', content: expect.stringContaining('\n  allow.raw_sockets;\n') })
  expect(steps[1]).toMatchObject({
    action: { argv: ['jail', '-m', 'name=blog', 'allow.raw_sockets'] },
    done: { argv: ['jls', '-j', 'blog', 'allow.raw_sockets'], stdout: 'true' },
    undo: [{ action: { argv: ['jail', '-m', 'name=blog', 'allow.noraw_sockets'] } }],
  })
})

test('what is taken out goes back to what the kernel takes by itself', () => {
  const { steps } = set('allow.set_hostname', undefined, {}, { 'allow.set_hostname': 'false' })
  expect(steps[0]?.action).toMatchObject({ content: expect.not.stringContaining('set_hostname') })
  expect(steps[1]?.action).toMatchObject({ argv: ['jail', '-m', 'name=blog', 'allow.set_hostname'] })
})

test('what the kernel does not change needs a restart, of a running jail only', () => {
  expect(set('osrelease', '15.0-RELEASE')).toMatchObject({ restart: true, steps: [{ action: { kind: 'write' } }] })
  expect(set('osrelease', '15.0-RELEASE', { state: 'stopped' }).restart).toBe(false)
  expect(set('enforce_statfs', '1', { state: 'stopped' }).steps).toHaveLength(1)
})

test('a host name is the jail’s name when nobody says one', () => {
  const { steps } = set('host.hostname', undefined)
  expect(steps).toMatchObject([{ action: { content: expect.stringContaining('host.hostname = "blog"') } }])
  expect(set('host.hostname', 'www.example.com').steps[1]?.undo).toMatchObject([
    { action: { argv: ['jail', '-m', 'name=blog', 'host.hostname=blog'] } },
  ])
})

test.each([
  'path',
  'ip4.addr',
  'exec.start',
  'exec.prestart',
  'exec.created',
  'exec.poststop',
  'mount',
  'mount.fstab',
  'vnet',
  'depend',
  'name',
  'command',
  'exec.system_user',
  'meta.jailops',
  '$x',
  'persist',
  '',
])('%j is not for setting', (property) => {
  expect(() => set(property, 'x')).toThrow(expect.objectContaining({ code: 'bad_argument' }))
})

test.each([
  ['allow.raw_sockets', 'maybe'],
  ['enforce_statfs', '3'],
  ['enforce_statfs', '1.0'],
  ['securelevel', '-2'],
  ['devfs_ruleset', '65536'],
  ['children.max', ''],
  ['sysvshm', 'on'],
  ['host.hostname', 'a b'],
  ['host.hostname', 'x"; exec.prestart = "id'],
  ['osrelease', '15.1;'],
  ['exec.timeout', '1e3'],
])('%s is never %j', (property, value) => {
  expect(() => set(property, value)).toThrow(expect.objectContaining({ code: 'bad_argument', message: expect.stringContaining(property) }))
})

test('every setting is read as it is written', () => {
  for (const property of settings.keys()) {
    if (property.startsWith('allow.')) {
      expect(settingOfWord(settingWord(property, 'false'), '')).toEqual([property, 'false'])
      expect(settingOfWord(settingWord(property, 'true'), '')).toEqual([property, 'true'])
    } else expect(settingOfWord(property, 'x')).toEqual([property, 'x'])
  }
  expect(settingValue('allow.mount.nullfs', 'On')).toBe('true')
})
