import { describe, expect, test } from 'vitest'
import log from '../../../commands/proxy/log.ts'
import adopt from '../../../commands/proxy/adopt.ts'
import { layoutSchema } from '../../../src/core/layout.ts'
import { planText } from '../../../src/core/plan.ts'
import { noProxy, type ProxyFacts, type TheirProxy } from '../../../src/core/proxy.ts'
import { besideConfiguration, blockLines } from '../../../src/host/proxy/adopt/beside.ts'
import { blockIn } from '../../../src/host/proxy/adopt/block.ts'
import { spliced } from '../../../src/host/proxy/adopt/splice.ts'
import { createCertificateDriver } from '../../../src/host/proxy/certificates/driver.ts'
import { createHaproxyDriver } from '../../../src/host/proxy/haproxy.ts'
import { answerOf, jail, planOf, titles } from '../../commands/say.ts'
import { testFacts } from '../facts-helper.ts'
import { theirConfiguration } from '../their-haproxy.ts'

const layout = layoutSchema.parse({})
const path = '/usr/local/etc/haproxy.conf'
const text = theirConfiguration({ port: 80, test1: '10.0.0.5:80' })
const withBlock = spliced(text, blockIn(text, text.indexOf('    default_backend'), blockLines(layout, 'theirs'))) ?? ''
const shared: TheirProxy = { path, text: withBlock, isShared: true }

const by = (theirs: TheirProxy, more: Partial<ProxyFacts> = {}): ProxyFacts => ({
  ...noProxy,
  enabled: true,
  running: true,
  configured: true,
  theirs,
  ...more,
})
const prepare = (theirs: TheirProxy, more: Partial<ProxyFacts> = {}) =>
  createHaproxyDriver(testFacts({ proxy: by(theirs, more) })).prepare()

describe('before a route is added', () => {
  test('nothing is lacking where the block stands in their file', () => {
    expect(prepare(shared)).toEqual([])
    expect(prepare(shared, { running: false }).map(({ title }) => title)).toEqual(['Check that no other HAProxy runs', 'Start HAProxy'])
  })

  test('what an older jailops wrote there is renewed', () => {
    const older = spliced(text, blockIn(text, text.indexOf('    default_backend'), ['# of an older jailops'])) ?? ''
    const steps = prepare({ ...shared, text: older }, { lacks: ['10-front.cfg'] })
    expect(steps.map(({ action }) => action.kind)).toEqual(['haproxy-config', 'proxy-reload', 'haproxy-splice', 'proxy-reload'])
    expect(steps[0]?.action).toMatchObject({ name: '10-front.cfg', content: besideConfiguration(layout) })
  })

  test.each([
    ['their file alone', { path, text, isShared: false }, 'host_not_ready', 'Say /proxy adopt dryRun:true'],
    ['their file, with a block, alone', { ...shared, isShared: false }, 'host_not_ready', 'Say /proxy adopt dryRun:true'],
    ['a block that is gone', { ...shared, text }, 'host_not_ready', 'is gone from'],
    ['a block that a hand was in', { ...shared, text: withBlock.replace('421', '404') }, 'config_invalid', 'Take out all of it'],
    [
      'a folder of theirs',
      { path: '/srv/haproxy', isShared: false, problem: '/srv/haproxy is a folder of several files' },
      'host_not_ready',
      'folder of several',
    ],
  ])('%s is refused with what to do', (_what, theirs, code, words) => {
    expect(() => prepare(theirs)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }))
  })
})

test('certificates are what their bind lines say', () => {
  const certificates = createCertificateDriver({ layout, proxy: by(shared) })
  const refused = expect.objectContaining({ code: 'not_supported_by_driver', message: expect.stringContaining(path) })
  expect(() => certificates.order('one.example.com')).toThrow(refused)
  expect(() => certificates.upload('one.example.com', '/tmp/one.pem', 'a')).toThrow(refused)
})

test('a log of requests is not promised', () => {
  expect(answerOf(log, {}, { proxy: by(shared) }).text).toContain(path)
})

describe('/proxy adopt', () => {
  const observed = {
    jails: [jail({ name: 'blog', address: '10.0.0.5' })],
    proxy: by({ path, text, isShared: false, named: path }, { configured: false, running: false }),
  }

  test('puts the block in before it routes, and takes the lines out last', () => {
    const plan = planOf(adopt, {}, observed)
    const all = titles(plan)
    const order = [
      /^Check that HAProxy runs/,
      /^Give .* its place/,
      /^Write what the block needs/,
      /^Point HAProxy/,
      /^Put jailops's block/,
      /^Reload/,
      /^Send one\.example\.com to blog/,
      /^Wait until one/,
      /^Take the lines out/,
      /^Reload/,
    ]
    let from = 0
    for (const title of order) {
      const found = all.findIndex((one, index) => index >= from && title.test(one))
      expect(found, String(title)).toBeGreaterThanOrEqual(from)
      from = found + 1
    }
    expect(from).toBe(all.length)
    expect(plan).toMatchObject({
      resources: ['jail:blog', 'proxy', 'site:one.example.com'],
      reserves: ['site:one.example.com', 'slot:slot_01'],
    })
  })

  test('has nothing of their file in it but the lines that go', () => {
    const secret = text.replace('    daemon\n', '    daemon\n    stats socket /x user admin password hunter2\n')
    const plan = planOf(adopt, {}, { ...observed, proxy: by({ path, text: secret, isShared: false }, { configured: false }) })
    const whole = planText({ command: 'proxy adopt', host: 'web1' }, plan, 'd') + JSON.stringify(plan)
    expect(whole).not.toContain('hunter2')
    expect(whole).toContain('   | -    use_backend test1 if test1\n')
    expect(whole).toContain('# >>> jailops 1 sha256:')
  })

  test('does nothing where all is ours, and where all is done', () => {
    expect(planOf(adopt, {}, { proxy: { ...noProxy, enabled: true, configured: true } }).steps).toEqual([])
    const { steps, remarks } = planOf(adopt, {}, { proxy: by(shared) })
    expect(steps).toEqual([])
    expect(remarks[0]).toContain('Nothing to take over')
    expect(remarks.slice(1)).toHaveLength(3)
  })

  test('waits for nobody who is about to route the same name', () => {
    expect(() => planOf(adopt, {}, { ...observed, reservedByOthers: ['site:one.example.com'] })).toThrow(
      expect.objectContaining({ code: 'route_exists' }),
    )
  })

  test('writes the newest block in place of an older one', () => {
    const older = spliced(text, blockIn(text, text.indexOf('    default_backend'), ['# of an older jailops'])) ?? ''
    expect(titles(planOf(adopt, {}, { proxy: by({ ...shared, text: older }) }))).toEqual([
      `Put jailops's block into ${path}`,
      'Reload HAProxy, for the block in its file',
    ])
  })
})
