import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JailDriver } from '../../src/core/drivers.ts'
import type { Facts } from '../../src/core/host.ts'
import type { Jail, JailParts } from '../../src/core/jail.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { migratedJail, migrateJail } from '../../src/host/jails/migrate.ts'
import { type LabHands, labHands } from './lab-hands.ts'
import { testJail } from './facts-helper.ts'

/* A jail of iocage becomes one of jail.conf: two datasets part ways, and come together again. */

let hands: LabHands
let host: string

beforeAll(async () => {
  hands = await labHands({ zfs: true, managers: ['iocage'] })
  host = hands.lab.hostFolder
  const fetched = await hands.lab.sh('iocage activate zroot; iocage fetch -r 15.1-RELEASE --noeol')
  const created = await hands.lab.sh("iocage create -n blog -r 15.1-RELEASE 'ip4_addr=lo1|127.9.9.9/32'")
  if (created.code !== 0) throw new Error(fetched.text + created.text)
}, 120_000)

afterAll(() => hands.stop())

function blogOf(facts: Facts): { jail: Jail; driver: JailDriver } {
  const root = join(host, 'iocage/jails/blog/root')
  const dataset = facts.datasets.find((one) => one.mountpoint === join(host, 'iocage/jails/blog'))?.name ?? ''
  const jail = testJail('blog', {
    manager: 'iocage',
    isMarked: true,
    kernelName: 'ioc-blog',
    state: 'stopped',
    root,
    address: '127.9.9.9',
    properties: { allow_raw_sockets: '1' },
  })
  const parts: JailParts = { files: [], tree: { kind: 'dataset', dataset, mountpoints: {} } }
  return { jail, driver: { ...createDrivers(facts).jails, parts: () => parts } }
}

it('goes with its root dataset, runs, and comes back', async () => {
  const seen = await hands.facts()
  const { jail, driver } = blogOf(seen)
  const datasets = async () => (await hands.lab.sh('zfs list -H -o name,mountpoint')).text
  const before = await datasets()
  const steps = migrateJail(seen, driver, { jail, to: 'jail.conf', request: 'rabcdefghjkmnpqr' })

  await hands.takeBack(await hands.carryOut(steps))
  expect(await datasets()).toBe(before)
  expect(existsSync(join(host, 'etc/jail.conf.d/blog.conf'))).toBe(false)

  await hands.carryOut(steps)
  const root = join(hands.lab.layout.jailRoots, 'blog')
  expect(await datasets()).toContain(`\t${root}\n`)
  expect(await datasets()).toContain('jailops-trash/blog.rabcdefghjkmnpqr.migrated')
  expect((await hands.lab.sh('iocage list -h')).text).not.toContain('blog')
  const facts = await hands.facts()
  expect(facts.ownJail('blog')).toMatchObject({ manager: 'jail.conf', root, state: 'stopped', addresses: ['127.9.9.9'] })
  await hands.carryOut(createDrivers(facts).jails.start(migratedJail(facts, jail, 'jail.conf')))
  expect((await hands.lab.sh('jls -j blog name path allow.raw_sockets')).text).toBe(`blog ${root} true\n`)
}, 120_000)
