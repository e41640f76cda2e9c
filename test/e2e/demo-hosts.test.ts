import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'
import { jailops, temporaryFolder } from '../support/house.ts'
import { startSshHosts } from '../support/ssh-hosts.ts'
import { missingForSshd } from '../support/sshd.ts'

/* Trying several hosts without any: `jailops dev ssh-hosts`, and the demo that it joins. */

const folder = temporaryFolder()

test.skipIf(missingForSshd() !== undefined)(
  'two more hosts join the demo, and what is said finds the right one',
  async () => {
    const file = join(folder, 'jailops.yaml')
    const hosts = await startSshHosts('web2', 'web3')
    onTestFinished(() => hosts.stop())
    writeFileSync(file, hosts.yaml, { mode: 0o600 })
    const demo = await startDemo({ args: ['--config', file] })
    onTestFinished(() => demo.stop())
    await demo.say('ana', 'host list') // the first words wait until the bot hears
    await expect.poll(() => here(demo)).toEqual(['demo', 'web2', 'web3'])

    const created = await demo.sayApproved('ana', 'jail create shop host:web3')
    const added = await demo.sayApproved('ana', 'proxy add shop.example.com')

    expect([created.state, added.state]).toEqual(['done', 'done'])
    const { table } = await demo.say('ana', 'proxy list host:*')
    expect(table?.rows.map((row) => row.slice(0, 3))).toEqual([['web3', 'shop.example.com', 'shop']])
  },
  120_000,
)

test('a host of the demo’s own name, and names that are none, are refused', async () => {
  const file = join(folder, 'other.yaml')
  const demo = () => jailops(['demo', '--headless', '--state-dir', join(folder, 'state'), '--config', file])
  writeFileSync(file, '', { mode: 0o600 })
  expect(await demo()).toMatchObject({ code: 2, stderr: expect.stringContaining(`There is nothing in ${file} yet.`) })
  writeFileSync(file, hostNamed('bot'))
  expect(await demo()).toMatchObject({ code: 2, stderr: expect.stringContaining('its own bot is named bot') })
  writeFileSync(file, hostNamed('demo'))

  const taken = await demo()
  const wrong = await jailops(['dev', 'ssh-hosts', 'a;b'])

  expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('its own host is named demo; give yours another name')])
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"a;b" is no name for a host')])
})

async function here(demo: Demo): Promise<string[]> {
  const { table } = await demo.say('ana', 'host list')
  return (table?.rows ?? []).filter(([, state]) => state === 'here').map(([name]) => name ?? '')
}

function hostNamed(name: string): string {
  return `bot: { name: ops }\nhosts: { ${name}: { ssh: { address: 192.0.2.2, knownHosts: /etc/known_hosts } } }\n`
}
