import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDrivers } from '../../src/host/drivers.ts'
import { type LabHost, startLabHost } from './lab-host.ts'

/* Limits as somebody wrote them into rctl.conf, with a unit, on a kernel that shows bytes. */

let host: LabHost

beforeAll(async () => {
  host = await startLabHost({}, (folder) => {
    mkdirSync(join(folder, 'boot'), { recursive: true })
    writeFileSync(join(folder, 'boot/loader.conf'), 'kern.racct.enable=1\n')
  })
})

afterAll(async () => host?.stop())

const line = 'jail:mail:memoryuse:deny=1G'

async function told(...argv: string[]): Promise<string> {
  const { stdout, stderr } = await host.shell.run({ argv, timeoutSeconds: 30 })
  return (stdout + stderr).trim()
}

async function mail() {
  const facts = await host.look('jails')
  const { jails, limits } = createDrivers(facts)
  return {
    limits,
    jail: jails.expected({ name: 'mail', manager: 'jail.conf', address: '10.0.0.9', startsAtBoot: false, type: 'thick', vnet: false }),
  }
}

test('they are lifted and brought back, and stand again when that is taken back', async () => {
  await host.shell.writeFile(host.lab.layout.rctlConf, `${line}\n`, 0o644)
  expect(await told('rctl', '-a', line)).toBe('')
  const { limits, jail } = await mail()
  expect(limits.of(jail)).toEqual([line])
  const lifted = await host.carryOut(limits.lift(jail, limits.of(jail)))
  expect(await told('rctl')).toBe('')
  await host.takeBack(lifted)
  expect(await told('rctl')).toBe('jail:mail:memoryuse:deny=1073741824')
  await host.carryOut([...limits.lift(jail, [line]), ...limits.bring(jail, [line])])
  expect(await told('rctl')).toBe('jail:mail:memoryuse:deny=1073741824')
  expect(await host.shell.readFile(host.lab.layout.rctlConf)).toBe(`${line}\n`)
})

test('one that the kernel does not have, or a kernel that has none, keeps no jail from going', async () => {
  expect(await told('rctl', '-r', 'jail:mail')).toBe('')
  const { limits, jail } = await mail()
  await host.carryOut(limits.lift(jail, [line]))
  expect(await host.shell.readFile(host.lab.layout.rctlConf)).toBe('')
  const off = createDrivers({ ...(await host.look('jails')), canLimit: false }).limits
  expect([...off.lift(jail, [line]), ...off.bring(jail, [line])].map(({ action }) => action.kind)).toEqual(['line', 'line'])
})
