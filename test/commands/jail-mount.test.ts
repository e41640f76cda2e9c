import { describe, expect, it } from 'vitest'
import add from '../../commands/jail/mount/add.ts'
import { testJail } from '../host/facts-helper.ts'
import { refusal } from '../core/refusal.ts'
import { jail, planOf } from './say.ts'

const managers = ['jail.conf', 'ezjail', 'iocage', 'bastille'] as const

describe('jail mount add', () => {
  it.each(
    ['/', '//', '/usr/', '/usr/./jails', '/usr//jails', '/usr/jails', '/usr', '/data/../usr'].flatMap((from) =>
      managers.map((manager) => [from, manager] as const),
    ),
  )('%s, however it is written, is not shown in a jail of %s: it holds jails', (from, manager) => {
    const jails = [jail({ manager }), testJail('shop')]
    expect(refusal(() => planOf(add, { jail: 'blog', from, on: '/mnt' }, { jails })).code).toBe('bad_argument')
  })

  it('shows nothing of another jail, where root may plant links', () => {
    const jails = [jail(), testJail('shop')]
    const refused = refusal(() => planOf(add, { jail: 'blog', from: '/usr/jails/shop/data/etc', on: '/mnt' }, { jails }))
    expect(refused.message).toContain('lies in the jail shop')
  })

  it('shows a folder of the host beside them', () => {
    expect(planOf(add, { jail: 'blog', from: '/usr/jails-data', on: '/mnt' }, { jails: [jail()] }).outcome).toEqual([
      { name: '/mnt', value: '/usr/jails-data, read only' },
    ])
  })
})
