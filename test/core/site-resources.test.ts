import { describe, expect, it } from 'vitest'
import add from '../../commands/proxy/add.ts'
import httpsOn from '../../commands/proxy/https/on.ts'
import limit from '../../commands/proxy/limit.ts'
import reload from '../../commands/proxy/reload.ts'
import update from '../../commands/jail/update.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { createResourceLocks } from '../../src/worker/locks.ts'
import { backendOfJail, jail, planOf, readyProxy, routeTo } from '../commands/say.ts'

const looked = { packagedBase: { exitCode: 1, stdout: '', stderr: '' }, userland: { exitCode: 0, stdout: '15.1-RELEASE\n', stderr: '' } }
const observed: Partial<ObservedFacts> = {
  jails: [jail(), jail({ name: 'shop', kernelName: 'shop', address: '10.0.0.6' })],
  proxy: { ...readyProxy, routes: [routeTo('blog'), routeTo('shop')], backends: [backendOfJail('blog'), backendOfJail('shop')] },
  looked,
}
const unready = { ...observed, proxy: { ...readyProxy, configured: false, running: false, enabled: false } }

function adding(site: string, name: string, host = observed): readonly string[] {
  return planOf(add, { site, jail: name }, host, { granted: ['proxy.wildcard'] }).resources
}

function order(site: string, tls: boolean): readonly string[] {
  return planOf(httpsOn, { site }, { ...observed, proxy: { ...readyProxy, ...observed.proxy, ...(tls && { tls }) } }).resources
}

/** Whether both may run at once, whichever comes first. */
async function areSideBySide(one: readonly string[], other: readonly string[]): Promise<boolean> {
  const locks = createResourceLocks()
  await locks.acquire(one)
  return locks.tryAcquire(other) !== undefined
}

describe('a site that comes', () => {
  it('touches its name, its jail, and of the proxy a share', () => {
    expect(adding('new.example.com', 'shop')).toEqual(['jail:shop', 'shared:claim:*.example.com', 'shared:proxy', 'site:new.example.com'])
  })

  it.each<[string, readonly string[], readonly string[], boolean]>([
    ['another site of another jail', adding('new.example.com', 'shop'), adding('more.example.com', 'blog'), true],
    [
      'a jail that is updated, which has sites',
      adding('new.example.com', 'shop'),
      planOf(update, { jail: 'blog' }, observed).resources,
      true,
    ],
    ['the very jail that is updated', adding('new.example.com', 'blog'), planOf(update, { jail: 'blog' }, observed).resources, false],
    ['one that makes the proxy run at all', adding('new.example.com', 'shop'), adding('one.example.com', 'blog', unready), false],
    ['all names below the same parent', adding('new.example.com', 'shop'), adding('*.example.com', 'blog'), false],
    ['all names below another one', adding('new.example.com', 'shop'), adding('*.example.org', 'blog'), true],
    [
      'a certificate that is ordered',
      adding('new.example.com', 'shop'),
      planOf(httpsOn, { site: 'blog.example.com' }, observed).resources,
      true,
    ],
    ['a reload', adding('new.example.com', 'shop'), planOf(reload, {}, observed).resources, true],
  ])('beside %s', async (_, one, other, isSo) => {
    expect([await areSideBySide(one, other), await areSideBySide(other, one)]).toEqual([isSo, isSo])
  })
})

it('the first certificate of a host is alone with listening for https; later ones share that', async () => {
  expect(await areSideBySide(order('blog.example.com', false), order('shop.example.com', false))).toBe(false)
  expect(await areSideBySide(order('blog.example.com', true), order('shop.example.com', true))).toBe(true)
})

it('behind nginx two who count the same number of requests do not, since its files go with the last of them', async () => {
  const layout = layoutSchema.parse({ proxy: 'nginx' })
  const settings = { 'blog.example.com': { limit: 5 } }
  const host = { ...observed, proxy: { ...readyProxy, ...observed.proxy, kind: 'nginx' as const, settings } }
  const off = planOf(limit, { site: 'blog.example.com', requests: 'off' }, host, {}, layout).resources
  const same = planOf(limit, { site: 'shop.example.com', requests: '5' }, host, {}, layout).resources
  const other = planOf(limit, { site: 'shop.example.com', requests: '7' }, host, {}, layout).resources
  expect([await areSideBySide(off, same), await areSideBySide(off, other)]).toEqual([false, true])
})
