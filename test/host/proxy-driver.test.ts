import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { stepSchema } from '../../src/core/step.ts'
import { noProxy, type ReachableTarget } from '../../src/core/proxy.ts'
import { backendText } from '../../src/host/proxy/backend-file.ts'
import { baseConfiguration, frontConfiguration } from '../../src/host/proxy/configuration.ts'
import { createHaproxyDriver } from '../../src/host/proxy/haproxy.ts'
import { emptyMap, mapFile, mapNames } from '../../src/host/proxy/maps.ts'
import { backendOfJail } from '../commands/say.ts'
import { testFacts, testLayout } from './facts-helper.ts'

const nothing: ObservedFacts['proxy'] = {
  ...noProxy,
  lacks: [...mapNames.map((name) => `maps/${name}.map`), '00-base.cfg', '10-front.cfg'],
}
const ready: ObservedFacts['proxy'] = { ...noProxy, running: true, configured: true, enabled: true }
const blog: ReachableTarget = { jail: 'blog', address: '10.0.0.5', weight: 100 }
const route = { host: 'a.example.com', backend: 'jail_blog', targets: [{ jail: 'blog', weight: 100 }], jail: 'blog' }

function driver(proxy: Partial<ObservedFacts['proxy']> = {}) {
  return createHaproxyDriver(testFacts({ proxy: { ...ready, ...proxy } }))
}

test('a host without HAProxy gets its folders, map and files before the service starts', () => {
  const steps = driver(nothing).prepare()
  expect(steps.map((step) => stepSchema.parse(step).action.kind)).toEqual([
    'require',
    'folder',
    'folder',
    ...mapNames.map(() => 'write'),
    'haproxy-config',
    'run',
    'run',
    'require',
    'run',
  ])
  expect(steps.at(-1)).toMatchObject({
    action: { argv: ['service', 'haproxy', 'start'] },
    done: { kind: 'http', statusFrom: 421, statusTo: 421 },
  })
})

test('where HAProxy runs by our files nothing is left to do; where it is down it is only started', () => {
  expect(driver().prepare()).toEqual([])
  expect(
    driver({ running: false })
      .prepare()
      .map(({ action }) => action),
  ).toMatchObject([{ kind: 'require' }, { argv: ['service', 'haproxy', 'start'] }])
})

test('files of an older jailops are written anew at the next occasion, with the maps that it did not have', () => {
  const steps = driver({ lacks: ['10-front.cfg', 'maps/paths.map'] }).prepare()
  expect(steps.map(({ action }) => action.kind)).toEqual(['write', 'haproxy-config', 'proxy-reload'])
  expect(steps[1]).toMatchObject({ action: { name: '00-base.cfg', more: [{ name: '10-front.cfg' }] } })
})

test('an HAProxy of the owner is not taken over', () => {
  expect(() => driver({ configured: false }).prepare()).toThrow(expect.objectContaining({ code: 'host_not_ready' }))
})

test('a map that holds routes is never written over', () => {
  const proxy = { ...nothing, lacks: ['maps/paths.map', '00-base.cfg', '10-front.cfg'], routes: [route] }
  const paths = createHaproxyDriver(testFacts({ proxy }))
    .prepare()
    .map(({ action }) => ('path' in action ? action.path : ''))
  expect(paths).not.toContain(mapFile(testLayout, 'hosts'))
  expect(paths).toContain(mapFile(testLayout, 'paths'))
})

test('a wildcard is proved by one of its names', () => {
  const last = driver()
    .route([{ host: '*.example.com' }], [blog])
    .at(-1)
  expect(last?.done).toMatchObject({ kind: 'http', hostHeader: 'jailops-check.example.com', notStatus: [421, 503] })
})

test('while HAProxy is down only files are changed', () => {
  const proxy = driver({ running: false, backends: [backendOfJail('blog')] })
  const steps = [...proxy.unroute(route), ...proxy.forget('blog')]
  expect(steps.map(({ action }) => action.kind)).toEqual(['proxy-map', 'haproxy-config'])
  expect(driver().forget('blog')).toEqual([])
})

test.each(['a } || { always_true', 'a\nb', '-f', 'a b', '$HOME'])('%j never reaches the configuration', (name) => {
  expect(() => backendText('jail_blog', [{ server: 's', jail: name, place: { address: '10.0.0.5', port: 80 }, weight: 1 }])).toThrow(
    expect.objectContaining({ code: 'bad_argument' }),
  )
})

test('the real HAProxy accepts the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-haproxy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const layout = layoutSchema.parse({ haproxy: { configFolder: folder, socket: join(folder, 'socket'), bindPort: 28_483 } })
  mkdirSync(join(folder, 'maps'))
  for (const name of mapNames) writeFileSync(mapFile(layout, name), emptyMap(name))
  writeFileSync(join(folder, '00-base.cfg'), baseConfiguration(layout))
  writeFileSync(join(folder, '10-front.cfg'), frontConfiguration(layout))
  for (const name of ['blog', 'shop'])
    writeFileSync(
      join(folder, `20-jail_${name}.cfg`),
      backendText(`jail_${name}`, [{ server: name, jail: name, place: { address: '10.0.0.5', port: 80 }, weight: 100 }]),
    )
  const { stdout, stderr } = await promisify(execFile)('haproxy', ['-c', '-f', folder], { env: { PATH: '/usr/sbin:/usr/local/sbin' } })
  expect(stdout + stderr).toContain('Configuration file is valid')
  expect(stdout + stderr).not.toMatch(/WARNING|ALERT/)
})
