import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'
import { jailops, listing, runJson, temporaryFolder } from '../support/house.ts'

/* A command file outside the tree is a command like ours: help, completion, roles, approval, plan, undo. */

const folder = temporaryFolder()
const config = join(folder, 'jailops.yaml')
let demo: Demo

beforeAll(async () => {
  mkdirSync(join(folder, 'commands/jail'), { recursive: true })
  writeFileSync(join(folder, 'commands/jail/motto.ts'), motto)
  writeFileSync(join(folder, 'commands/count.mjs'), count)
  writeFileSync(join(folder, 'commands/README.md'), 'not a command')
  writeFileSync(config, `commands:\n  - ${folder}/commands\n`)
  demo = await startDemo({ args: ['--config', config] })
})
afterAll(() => demo?.stop(), 60_000)

it('stands in help, and completes', async () => {
  const help = await demo.say('ana', 'help motto')
  expect(help).toMatchObject({ title: '/jail motto: Give a jail a motto', text: expect.stringContaining('/jail motto blog text:steady') })
  expect(help.table?.rows).toContainEqual(['text', '', 'yes'])
  const answer = await fetch(`${demo.web}/api/complete?${new URLSearchParams({ person: 'ana', text: '/jail mot' })}`)
  expect(await answer.json()).toEqual([expect.objectContaining({ text: expect.stringContaining('jail motto') })])
})

it('one that only looks answers at once, to who may', async () => {
  expect(await runJson(demo.stateDir, 'eve', 'count')).toMatchObject({ code: 0, state: 'done', card: { title: '0 jails' } })
})

it('one that changes something is planned, needs an approval, runs, and can be tried dry', async () => {
  await demo.sayApproved('ana', 'jail create blog nginx:no')
  const before = listing(demo.hostFolder)
  const dry = await runJson(demo.stateDir, 'ana', 'jail motto blog text:steady --dry-run')
  expect(dry).toMatchObject({ code: 0, state: 'done', card: { steps: [{ title: 'Write it down', state: 'pending' }] } })
  const asked = await runJson(demo.stateDir, 'ana', 'jail motto blog text:steady')
  expect(asked).toMatchObject({ code: 4, state: 'waiting' })
  expect(listing(demo.hostFolder)).toEqual(before)
  expect(await runJson(demo.stateDir, 'eve', 'jail motto blog text:steady')).toMatchObject({ code: 3, reason: 'permission_denied' })

  const done = await demo.sayApproved('ana', 'jail motto blog text:steady')
  expect(done.state).toBe('done')
  expect(readFileSync(join(demo.hostFolder, 'etc/blog.motto'), 'utf8')).toBe('steady\n')
})

it('its own schema and its own refusals are told as ours are', async () => {
  const bad = await runJson(demo.stateDir, 'ana', 'jail', 'motto', 'blog', '--text', 'a;b')
  expect(bad).toMatchObject({ code: 2, reason: 'bad_argument' })
  expect(bad.card.text).toContain('plain words')
  expect(await runJson(demo.stateDir, 'ana', 'jail motto nosuch text:x')).toMatchObject({ code: 2, reason: 'unknown_jail' })
})

it.each([
  ['a file that throws', 'broken.ts', 'throw new Error("oh dear")', 'oh dear'],
  ['a file that is no command', 'plain.ts', 'export default { path: "x" }', 'defineCommand'],
  [
    'a path that is taken',
    'twice.ts',
    "import { defineCommand } from 'jailops'\nimport { z } from 'zod'\nexport default defineCommand({ path: 'whoami', summary: 'x', permission: 'whoami', risk: 'bot', args: z.object({}), answer: async () => ({ title: 'x' }) })",
    'defined twice',
  ],
])('%s is named by `config check`, and by the demo, which does not start', async (_what, name, text, words) => {
  const other = join(folder, `other-${name}`)
  mkdirSync(other)
  writeFileSync(join(other, name), text)
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, `commands: [${other}]\n`)
  const checked = await jailops(['config', 'check', '--config', file])
  expect(checked.code).toBe(2)
  expect(checked.stdout).toContain(words)
  expect(checked.stdout).toContain(name)
  const started = await jailops(['demo', '--headless', '--state-dir', join(folder, `state-${name}`), '--config', file])
  expect(started.code).toBe(2)
  expect(started.stderr).toContain(words)
  expect(started.stdout).toBe('')
})

const motto = `
import { z } from 'zod'
import { defineCommand, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail motto',
  summary: 'Give a jail a motto',
  permission: 'jail.start',
  risk: 'change',
  example: 'jail motto blog text:steady',
  needs: ['jails'],
  args: z.object({ jail: jailName, text: z.string().regex(/^[a-z ]+$/, 'plain words only') }),
  plan({ args, facts }) {
    const jail = facts.ownJail(args.jail)
    const path = facts.layout.jailConfFolder.replace(/jail.conf.d$/, '') + jail.name + '.motto'
    return plan([{ title: 'Write it down', action: { kind: 'write', path, content: args.text + '\\n', mode: 0o644 } }], { resources: ['jail:' + jail.name] })
  },
})
`
const count = `
import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'count',
  summary: 'How many jails there are',
  permission: 'jail.list',
  risk: 'read',
  needs: ['jails'],
  args: z.object({}),
  query: ({ facts }) => ({ title: facts.jails.length + ' jails' }),
})
`
