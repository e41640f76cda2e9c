import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { columns } from '../conformance/columns.ts'
import { openWorld, type World } from '../conformance/world.ts'
import { loadCommands } from '../house/commands.ts'
import { root } from '../house/sources.ts'

/* What commands do inside jails, on the lab's FreeBSD: carried out, and taken back when the last thing goes wrong. */

let world: World

beforeAll(async () => {
  const [column] = columns
  if (column === undefined) throw new TypeError('no column')
  world = await openWorld(column, new Map((await loadCommands()).map(({ command }) => [command.path, command])))
  cpSync(join(root, 'templates'), world.lab().layout.templates, { recursive: true })
  await world.say('jail create', { jail: 'blog', packages: 'htop', template: 'redis' })
})

afterAll(() => world?.stop())

const inside = async (line: string) => (await world.sh(`jexec blog ${line}`)).text

/** Everything goes well, and then what comes last does not. */
function failingAtTheEnd(plan: Plan): Plan {
  const last = { kind: 'require', otherwise: 'it is not to be' } as const
  return { ...plan, steps: [...plan.steps, { title: 'Fail', action: last, done: { kind: 'path', path: '/nowhere', exists: true } }] }
}

async function takenBack(path: string, args: Record<string, unknown>): Promise<void> {
  const before = await world.traces()
  const { plan, request } = await world.plan(world.command(path), args)
  const ending = await world.carryOut({ plan: failingAtTheEnd(plan), request })
  expect(ending).toMatchObject({ state: 'undone', sentence: 'Fail: it is not to be' })
  expect(await world.traces()).toEqual(before)
}

it('a jail is made with what shall be in it', async () => {
  expect(await inside('service redis status')).toContain('is running')
  expect(await inside('cat /usr/local/etc/redis.conf')).toMatch(/^bind [0-9.]+\nprotected-mode no$/m)
  expect(await world.sh('pkg -j blog info -e htop')).toMatchObject({ code: 0 })
  expect((await world.query(world.command('jail pkg list'), { jail: 'blog' })).title).toMatch(/^blog has \d packages$/)
})

it('a jail that cannot be filled is not left half filled', async () => {
  const before = await world.traces()
  const { plan, request } = await world.plan(world.command('jail create'), { jail: 'shop', packages: 'vim,nosuchpackage' })
  const ending = await world.carryOut({ plan, request })
  expect(ending).toMatchObject({ state: 'undone', sentence: expect.stringContaining('nosuchpackage') })
  expect(await world.traces()).toEqual(before)
})

it('packages are installed with what they need, and all of that is taken back', async () => {
  await takenBack('jail pkg install', { jail: 'blog', packages: 'git-lite,tmux' })
  await world.say('jail pkg install', { jail: 'blog', packages: 'git-lite' })
  await takenBack('jail pkg remove', { jail: 'blog', packages: 'curl' })
  await world.say('jail pkg remove', { jail: 'blog', packages: 'curl' })
  expect(await world.sh('pkg -j blog info -e git-lite')).toMatchObject({ code: 1 })
})

it('a package that pkg says it installed, and did not, is no success', async () => {
  const { plan, request } = await world.plan(world.command('jail pkg install'), { jail: 'blog', packages: 'vim' })
  setFaults(world.lab().folder, [{ program: 'pkg', argumentsInclude: ['install', 'vim'], exitCode: 0, times: 1 }])
  const ending = await world.carryOut({ plan, request })
  setFaults(world.lab().folder, [])
  expect(ending).toMatchObject({ state: 'failed', sentence: expect.stringContaining('pkg reported success, but') })
})

it('an upgrade brings the versions that were shown', async () => {
  writeFileSync(join(world.lab().hostFolder, 'var/db/lab-mirror.json'), '{"packages":{"htop":"9.9.9","redis":"9.0.0"}}')
  const { plan } = await world.plan(world.command('jail pkg upgrade'), { jail: 'blog' })
  expect(plan.outcome[0]?.value).toMatch(/^redis 8\S+ → 9\.0\.0, htop 3\S+ → 9\.9\.9$|^htop 3\S+ → 9\.9\.9, redis 8\S+ → 9\.0\.0$/)
  await world.say('jail pkg upgrade', { jail: 'blog', packages: 'htop' })
  expect((await world.sh('pkg -j blog query %v htop redis')).text).toContain('9.9.9')
  expect((await world.plan(world.command('jail pkg upgrade'), { jail: 'blog', packages: 'htop' })).plan.steps).toEqual([])
})

it('a template that is taken back leaves no folder, file, variable or package, and what ran runs with its old file', async () => {
  const own = `packages: [memcached]
sysrc: { redis_flags: -v }
files:
  - { path: /usr/local/share/own/deep/notes, content: "hello\\n", mode: 600 }
  - { path: /usr/local/etc/redis.conf, content: "port 1\\n" }
services: [redis, memcached]
`
  mkdirSync(world.lab().layout.templates, { recursive: true })
  writeFileSync(join(world.lab().layout.templates, 'own.yaml'), own)
  await takenBack('jail template apply', { jail: 'blog', template: 'own' })
  expect(await inside('service redis status')).toContain('is running')
  await world.say('jail template apply', { jail: 'blog', template: 'own' })
  expect(await inside('stat -f %Lp /usr/local/share/own/deep/notes')).toBe('600\n')
  expect(await inside('service memcached status')).toContain('is running')
  // twice is as good as once
  await world.say('jail template apply', { jail: 'blog', template: 'own' })
})

it('variables, zones, name servers and services go back to what they were', async () => {
  await takenBack('jail sysrc set', { jail: 'blog', variable: 'sendmail_enable', value: 'NONE' })
  const before = await inside('sysrc -a')
  const { plan, request } = await world.plan(world.command('jail sysrc unset'), { jail: 'blog', variable: 'redis_enable' })
  expect(await world.carryOut({ plan: failingAtTheEnd(plan), request })).toMatchObject({ state: 'undone' })
  // it may stand in another line
  expect(await inside('sysrc -a')).toBe(before)
  await takenBack('jail service disable', { jail: 'blog', service: 'redis' })
  await takenBack('jail service enable', { jail: 'blog', service: 'sshd' })
  await takenBack('jail timezone', { jail: 'blog', zone: 'Europe/Berlin' })
  await takenBack('jail resolver', { jail: 'blog', servers: '9.9.9.9' })
  await takenBack('jail service stop', { jail: 'blog', service: 'redis' })
  expect(await inside('service redis status')).toContain('is running')
})

it('what runs in a jail is counted', async () => {
  const answer = await world.query(world.command('jail top'), { jail: 'blog' })
  expect(answer.table?.rows.map((row) => row.at(-1)).join()).toContain('redis')
  expect(answer.fields?.[1]?.value).toMatch(/^\d+\.\d MB$/)
})
