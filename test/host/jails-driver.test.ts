import { expect, test } from 'vitest'
import type { TrashEntry } from '../../src/core/jail.ts'
import { stepSchema } from '../../src/core/step.ts'
import { plainValue } from '../../src/host/jails/jail-conf/configuration.ts'
import { jailConfiguration } from '../../src/host/jails/jail-conf/jail-file.ts'
import { newJailFile } from '../../src/host/jails/jail-conf/new-file.ts'
import type { Site } from '../../src/core/proxy.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { testFacts, testJail, testLayout, testParts, testProperties } from './facts-helper.ts'
import { undoArgv } from '../support/undo-argv.ts'

const request = 'rabcdefghijkmnpq'
const newJail = { name: 'blog', manager: 'jail.conf', address: '10.0.0.5', startsAtBoot: true, type: 'thick', vnet: false } as const

test('a new jail is copied aside, moved into place, configured and started, in that order', () => {
  const steps = createDrivers(testFacts()).jails.create(newJail, request)
  expect(steps.map((step) => stepSchema.parse(step).action.kind)).toEqual(['require', 'folder', 'run', 'move', 'write', 'run'])
  const [space, , copy, move, , start] = steps
  expect(space?.done).toEqual({ kind: 'free-space', path: '/usr/jails', megabytes: 512 })
  expect(copy?.action).toMatchObject({ argv: ['cp', '-a', '/usr/jails/.base/.', `/usr/jails/.new-${request}`] })
  expect(copy?.undo?.map((undo) => undoArgv(undo)[0])).toEqual(['chflags', 'rm', 'mkdir'])
  expect(move?.action).toEqual({ kind: 'move', from: `/usr/jails/.new-${request}`, to: '/usr/jails/blog' })
  expect(start?.action).toMatchObject({ argv: ['jail', '-f', '/etc/jail.conf.d/blog.conf', '-c', 'blog'] })
})

test('an archive is unpacked', () => {
  const layout = { ...testLayout, base: '/usr/freebsd-dist/base.txz' }
  const steps = createDrivers(testFacts({}, layout)).jails.create(newJail, request)
  expect(steps[2]?.action).toMatchObject({ argv: ['tar', '-xpf', '/usr/freebsd-dist/base.txz', '-C', `/usr/jails/.new-${request}`] })
})

test('a base that grew by a little gives the same plan', () => {
  const [before, after] = [400, 401].map((baseMegabytes) => createDrivers(testFacts({ baseMegabytes })).jails.create(newJail, request))
  expect(after).toEqual(before)
})

test('without a base nothing is planned', () => {
  const { jails } = createDrivers(testFacts({ baseMegabytes: 0 }))
  expect(() => jails.create(newJail, request)).toThrow(expect.objectContaining({ code: 'host_not_ready' }))
})

test('the trash looks for mounts before anything is moved, and moves the root last', () => {
  const steps = createDrivers(testFacts()).trash.put(testJail('blog'), [siteNamed('b.example.com'), siteNamed('a.example.com')], request)
  expect(steps.map((step) => stepSchema.parse(step).action.kind)).toEqual([
    'require',
    'require',
    'folder',
    'folder',
    'write',
    'move',
    'move',
  ])
  expect(steps[1]?.done).toEqual({ kind: 'no-mounts', path: '/usr/jails/blog' })
  expect(steps.at(-1)?.action).toEqual({ kind: 'move', from: '/usr/jails/blog', to: `/usr/jails/.trash/blog.${request}/root` })
  const manifest = steps[4]?.action
  expect(manifest?.kind === 'write' && JSON.parse(manifest.content)).toEqual({
    name: 'blog',
    manager: 'jail.conf',
    address: '10.0.0.2',
    startsAtBoot: true,
    wasRunning: true,
    sites: [siteNamed('a.example.com'), siteNamed('b.example.com')],
    parts: testParts('blog'),
    properties: testProperties('blog', '10.0.0.2'),
    limits: [],
  })
})

test('a root that is not where jailops makes them is never moved', () => {
  const { trash } = createDrivers(testFacts())
  expect(() => trash.put(testJail('blog', { root: '/' }), [], request)).toThrow(expect.objectContaining({ code: 'not_ours' }))
})

const entry: TrashEntry = {
  name: 'blog',
  manager: 'jail.conf',
  address: '10.0.0.2',
  startsAtBoot: true,
  wasRunning: true,
  sites: [],
  parts: testParts('blog'),
  limits: [],
  request,
  destroyedAt: 0,
}

test('restoring brings the configuration back as it was, and starts what ran', () => {
  const { trash } = createDrivers(testFacts())
  const kinds = (more: Partial<typeof entry>, address: string) =>
    trash.back({ ...entry, ...more }, address).map((step) => stepSchema.parse(step).action.kind)
  expect(kinds({}, '10.0.0.2')).toEqual(['move', 'move', 'remove', 'remove-folder', 'run'])
  expect(kinds({ wasRunning: false }, '10.0.0.2')).not.toContain('run')
})

test('for another address the configuration is written anew', () => {
  const [, , write] = createDrivers(testFacts()).trash.back(entry, '10.0.0.9')
  expect(write?.action).toMatchObject({ kind: 'write', content: expect.stringContaining('"lo1|10.0.0.9/32"') })
})

test.each(['a"b', 'a\nb', 'a b', 'a#b', 'a$b', 'a;b', 'a}b', "a'b", 'a\\b', 'a\u0000b', 'ä', ''])(
  '%j is not written into jail.conf',
  (value) => {
    expect(() => plainValue(value)).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  },
)

test.each(['has space', '-dash', '12', 'a.b', 'all', 'b"; exec.prestart = "id', '*'])(
  '%j is no jail name in a configuration either',
  (name) => {
    expect(() => jailConfiguration(newJailFile(testLayout, { ...newJail, name }), true)).toThrow(
      expect.objectContaining({ code: 'bad_argument' }),
    )
  },
)

function siteNamed(host: string): Site {
  return { host, targets: [{ jail: 'blog', weight: 100 }], settings: { owner: 'ana' } }
}
