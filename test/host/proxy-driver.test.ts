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

const nothing: ObservedFacts['proxy'] = noProxy
const ready: ObservedFacts['proxy'] = { ...nothing, running: true, configured: true, enabled: true }
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
    'write',
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

test('an HAProxy of the owner is not taken over', () => {
  expect(() => driver({ configured: false }).prepare()).toThrow(expect.objectContaining({ code: 'host_not_ready' }))
})

test('a map that holds routes is never written over', () => {
  const proxy = { ...nothing, routes: [route] }
  const paths = createHaproxyDriver(testFacts({ proxy }))
    .prepare()
    .map(({ action }) => ('path' in action ? action.path : ''))
  expect(paths).not.toContain(mapFile(testLayout, 'hosts'))
})

test('the first host of a jail brings its backend and a reload, the next ones only map entries', () => {
  const [first, next] = [[], [backendOfJail('blog')]].map((backends) => driver({ backends }).route([{ host: 'a.example.com' }], [blog]))
  expect(first?.map((step) => stepSchema.parse(step).action.kind)).toEqual(['haproxy-config', 'run', 'proxy-map', 'await'])
  expect(next?.map((step) => step.action.kind)).toEqual(['proxy-map', 'await'])
})

test('the reload of the way back belongs to the step that puts the old file back', () => {
  const [change, reload] = driver().route([{ host: 'a.example.com' }], [blog])
  expect(change).toMatchObject({ action: { kind: 'haproxy-config' }, undo: [{ action: { argv: ['service', 'haproxy', 'reload'] } }] })
  expect(reload).toMatchObject({ done: { kind: 'haproxy-backend', backend: 'jail_blog', server: '10.0.0.5:80' } })
  expect(reload?.undo).toBeUndefined()
})

test('a wildcard is proved by one of its names', () => {
  const last = driver()
    .route([{ host: '*.example.com' }], [blog])
    .at(-1)
  expect(last?.done).toMatchObject({ kind: 'http', hostHeader: 'jailops-check.example.com', notStatus: [421, 503] })
})

test('a backend goes only after its host', () => {
  const proxy = driver({ backends: [backendOfJail('blog')] })
  const steps = [...proxy.unroute(route), ...proxy.forget('blog')]
  expect(steps.map(({ action }) => action.kind)).toEqual(['proxy-map', 'haproxy-config', 'run'])
  expect(steps.at(-1)?.done).toMatchObject({ backend: 'jail_blog', server: null })
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
