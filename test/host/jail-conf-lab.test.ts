import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jail, NewJail } from '../../src/core/jail.ts'
import type { Step } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { type LabHost, startLabHost } from './lab-host.ts'

/* Every verb of the driver of jail.conf carried out on a host without ZFS, and taken back. */

let host: LabHost

beforeAll(async () => {
  host = await startLabHost()
  mkdirSync(join(host.lab.hostFolder, 'data'))
  writeFileSync(join(host.lab.hostFolder, 'data/file'), 'of the host\n')
  for (const name of ['db', 'blog']) await make(name)
})

afterAll(async () => host?.stop())

async function make(name: string): Promise<void> {
  const facts = await host.look('jails', 'addresses')
  const { jails, chooseAddress } = createDrivers(facts)
  await host.carryOut(jails.create(newJail(name, chooseAddress()), `r${name.padEnd(15, 'a')}`))
}

function newJail(name: string, address: string): NewJail {
  return { name, manager: 'jail.conf', address, startsAtBoot: false, type: 'thick', vnet: false }
}

async function drivers() {
  const facts = await host.look('jails', 'addresses')
  return { facts, ...createDrivers(facts), blog: facts.jail('blog'), db: facts.jail('db') }
}

/** All that a verb could leave behind. */
async function traces(): Promise<unknown> {
  const { jailConfFolder, jailRoots } = host.lab.layout
  const files = readdirSync(jailConfFolder).map((name) => [name, readFileSync(join(jailConfFolder, name), 'utf8')])
  const answers = await Promise.all(
    [
      ['jls', '-n'],
      ['mount', '-p'],
      ['ifconfig', '-a'],
    ].map(async (argv) => (await host.shell.run({ argv, timeoutSeconds: 10 })).stdout),
  )
  return {
    files,
    roots: readdirSync(jailRoots),
    answers: answers.map((text) =>
      text
        .replaceAll(/jid=\d+|cpuset\.id=\d+/g, '')
        .split('\n')
        .toSorted(),
    ),
  }
}

/** Carries it out, looks, takes it back, and carries it out again. */
async function thereAndBack(steps: readonly Step[], check: () => Promise<void>): Promise<void> {
  const before = await traces()
  const done = await host.carryOut(steps)
  await check()
  await host.takeBack(done)
  expect(await traces()).toEqual(before)
}

async function told(...argv: string[]): Promise<string> {
  const { stdout, stderr } = await host.shell.run({ argv, timeoutSeconds: 10 })
  return (stdout + stderr).trim()
}

async function seen(name: string): Promise<Jail> {
  return (await host.look('jails')).jail(name)
}

test('our own files are read without jail(8), and say all there is', async () => {
  expect(await seen('blog')).toMatchObject({
    ours: true,
    type: 'thick',
    state: 'running',
    consoleLog: `${host.lab.layout.logs}/jail_blog_console.log`,
    configuration: `${host.lab.layout.jailConfFolder}/blog.conf`,
  })
  expect(await told('jls', '-j', 'blog', 'meta.jailops')).toBe('type=thick')
})

test('a setting is live, and gone again', async () => {
  const { jails, blog } = await drivers()
  const { steps, restart } = jails.set(blog, 'allow.raw_sockets', 'yes')
  expect(restart).toBe(false)
  await thereAndBack(steps, async () => {
    expect(await told('jls', '-j', 'blog', 'allow.raw_sockets')).toBe('true')
    expect((await seen('blog')).properties).toMatchObject({ 'allow.raw_sockets': '' })
  })
  await thereAndBack(jails.set(blog, 'host.hostname', 'www.example.com').steps, async () => {
    expect(await told('jexec', 'blog', 'hostname')).toBe('www.example.com')
    expect((await seen('blog')).hostname).toBe('www.example.com')
  })
})

test('a folder of the host shows in the jail, and is whole after it is gone', async () => {
  const { jails, blog } = await drivers()
  const from = join(host.lab.hostFolder, 'data')
  const mount = { from, on: '/srv', readOnly: true }
  await thereAndBack(jails.mount(blog, mount), async () => {
    expect((await seen('blog')).mounts).toEqual([mount])
    expect(await told('mount', '-p')).toContain(`${blog.root}/srv`)
    const now = await drivers()
    await thereAndBack(now.jails.unmount(now.blog, mount), async () => {
      expect(await told('mount', '-p')).not.toContain(`${blog.root}/srv`)
    })
  })
  expect(readFileSync(join(from, 'file'), 'utf8')).toBe('of the host\n')
})

test('a symlink that was planted in the jail leads no mount to the host', async () => {
  const { jails, blog } = await drivers()
  // in the jail it is a folder of the jail, on the host one of the host
  symlinkSync('/usr', join(blog.root, 'trap'))
  const before = await traces()
  await expect(
    host.carryOut(jails.mount(blog, { from: join(host.lab.hostFolder, 'data'), on: '/trap/x', readOnly: true })),
  ).rejects.toThrow()
  expect(await traces()).toEqual(before)
})

test('what a jail depends on is seen in file and kernel, and is nothing to jail(8)', async () => {
  const { jails, blog } = await drivers()
  await thereAndBack(jails.depend(blog, ['db']), async () => {
    expect((await seen('blog')).depends).toEqual(['db'])
    expect(await told('jls', '-j', 'blog', 'meta.jailops')).toContain('depends=db')
    const now = await drivers()
    await thereAndBack(now.jails.stop(now.db), async () => {
      expect([(await seen('blog')).state, (await seen('db')).state]).toEqual(['running', 'stopped'])
    })
    await thereAndBack(now.jails.stop(now.blog), async () => {
      expect((await seen('blog')).state).toBe('stopped')
    })
  })
})

test('tags and note are seen in file and kernel', async () => {
  const { jails, blog } = await drivers()
  await thereAndBack(jails.mark(blog, { ours: true, tags: ['web', 'php'], note: 'Ana\'s "shop"; ask $her\nfirst' }), async () => {
    expect(await seen('blog')).toMatchObject({ tags: ['web', 'php'], note: 'Ana\'s "shop"; ask $her\nfirst' })
    expect(await told('jls', '-j', 'blog', 'meta.jailops')).toContain('tags=web%2Cphp')
  })
})

test('a stopped jail gets another name and another address, and a copy', async () => {
  const { jails, blog, chooseAddress } = await drivers()
  const stopped = await host.carryOut(jails.stop(blog))
  await thereAndBack(jails.rename(blog, 'journal'), async () => {
    const journal = await seen('journal')
    expect(journal).toMatchObject({ hostname: 'journal', root: `${host.lab.layout.jailRoots}/journal`, state: 'stopped' })
    const now = await drivers().catch(() => undefined)
    expect(now).toBeUndefined()
    const facts = await host.look('jails')
    await thereAndBack(createDrivers(facts).jails.start(journal), async () => {
      expect(await told('jexec', 'journal', 'hostname')).toBe('journal')
    })
  })
  await thereAndBack(jails.readdress(blog, chooseAddress()), async () => {
    expect((await seen('blog')).address).not.toBe(blog.address)
  })
  const copy = newJail('copy', chooseAddress())
  await thereAndBack([...jails.clone(blog, copy, 'rcopyaaaaaaaaaaa'), ...jails.start(jails.expected(copy))], async () => {
    expect(await seen('copy')).toMatchObject({ state: 'running', hostname: 'copy', address: copy.address })
  })
  await host.takeBack(stopped)
})

test('what jail.conf has set survives the trash, under another address too', async () => {
  const set = await drivers()
  await host.carryOut(set.jails.set(set.blog, 'enforce_statfs', '1').steps)
  const { jails, trash, blog, chooseAddress } = await drivers()
  await host.carryOut([...jails.stop(blog), ...trash.put(blog, [], 'rtrashaaaaaaaaaa')])
  const facts = await host.look('jails', 'trash', 'addresses')
  await host.carryOut(createDrivers(facts).trash.back(facts.trashed('blog'), chooseAddress()))
  expect((await seen('blog')).properties).toMatchObject({ enforce_statfs: '1' })
  expect((await seen('blog')).address).not.toBe(blog.address)
})

test('a jail with a network of its own has its end of a pair, and leaves none behind', async () => {
  await told('ifconfig', 'bridge0', 'create')
  host.lab.layout.bridge = 'bridge0'
  const { jails, chooseAddress } = await drivers()
  const lab = { ...newJail('lab', chooseAddress()), vnet: true }
  const pair = /epair[0-9]+/.exec(jails.expected(lab).properties['vnet.interface'] ?? '')?.[0] ?? ''
  await thereAndBack([...jails.make(lab, 'rvnetaaaaaaaaaaa'), ...jails.start(jails.expected(lab))], async () => {
    expect(await seen('lab')).toMatchObject({ state: 'running', vnet: true, address: lab.address })
    expect(await told('ifconfig', 'bridge0')).toContain(`member: ${pair}a`)
    expect(await told('jexec', 'lab', 'ifconfig', `${pair}b`)).toContain(`inet ${lab.address}`)
  })
  expect(await told('ifconfig', '-l')).not.toContain(pair)
})
