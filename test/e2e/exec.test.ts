import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'
import { jailops, temporaryFolder } from '../support/house.ts'

/* A person's own command in a jail: by policy's words, with its true exit code and what it printed. */

const config = join(temporaryFolder(), 'jailops.yaml')
let demo: Demo

beforeAll(async () => {
  writeFileSync(
    config,
    `policy:
  roles:
    viewer: { permissions: ['jail.exec(uname -s)', 'jail.exec(cat *)'], members: [] }
  approvals:
    - { permissions: ['jail.exec(uname -s)', 'jail.exec(cat *)'], count: 0 }
`,
  )
  demo = await startDemo({ args: ['--config', config] })
  await demo.sayApproved('ana', 'jail create blog nginx:no')
}, 90_000)
afterAll(() => demo?.stop(), 60_000)

it('shows what it printed, to whoever may say just these words', async () => {
  const done = await demo.say('eve', 'jail exec blog "cat /etc/rc.conf /etc/hosts.none"')
  expect(done).toMatchObject({ state: 'failed', reason: 'step_failed' })
  expect(done.text).toContain('Run cat in blog: it failed with exit code 1.')
  expect(done.output).toContain('cat: /etc/hosts.none: No such file or directory')
  expect(await demo.say('eve', 'jail exec blog "uname -s"')).toMatchObject({ state: 'done', output: 'FreeBSD' })
})

it('of others it says which they are; who may all is asked for an approval', async () => {
  const refused = await demo.say('eve', 'jail exec blog "uname -a"')
  expect(refused).toMatchObject({ state: 'refused', reason: 'permission_denied' })
  expect(refused.text).toContain('only with these words: uname -s; cat *')
  const asked = await demo.say('ana', 'jail exec blog "uname -a"', { wait: 'approval' })
  expect(asked).toMatchObject({ state: 'waiting' })
  expect(asked.steps[0]?.detail).toBe('jexec -l -U root blog uname -a  (no undo: what it does cannot be taken back)')
  await demo.say('ana', `job cancel ${asked.request}`)
})

it('what is long is a file, whole in a shell; secrets are in no journal, and on no card', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`)
  writeFileSync(join(demo.hostFolder, 'usr/jails/blog/etc/long'), `${lines.join('\n')}\nDB_PASSWORD=Tr0ub4dor\n`)
  const done = await demo.say('eve', 'jail exec blog "cat /etc/long"')
  expect([done.output, done.files.at(-1)?.name]).toEqual([undefined, `output-${done.request}.txt`])
  expect(done.files.at(-1)?.text).toBe(`${lines.join('\n')}\nDB_PASSWORD=[hidden]\n`)
  const { stdout } = await jailops(['run', '--state-dir', demo.stateDir, '--as', 'eve', 'jail', 'exec', 'blog', 'cat /etc/long'])
  expect(stdout).toContain('line 57')
  expect(
    textsBelow(demo.stateDir)
      .filter(({ text }) => text.includes('Tr0ub4dor'))
      .map(({ path }) => path),
  ).toEqual([])
})

it('a new password of root is shown to whoever asked, once, and is kept nowhere', async () => {
  const told: string[] = []
  const done = await demo.say('ana', 'jail password set blog', {
    onAnswer: ({ fields = [] }) => void told.push(...fields.map(({ value }) => value)),
    onCard: ({ state, request }) => void (state === 'waiting' && demo.say('bo', `approve ${request}`)),
  })
  expect(done).toMatchObject({ state: 'done' })
  expect(done.text).toContain('Shown privately to Ana, once.')
  expect(told).toEqual([expect.stringMatching(/^[A-Za-z2-9]{24}$/)])
  expect(
    textsBelow(demo.stateDir)
      .filter(({ text }) => text.includes(told[0] ?? ''))
      .map(({ path }) => path),
  ).toEqual([])
  const passwords = () => readFileSync(join(demo.hostFolder, 'usr/jails/blog/etc/master.passwd'), 'utf8')
  expect(passwords()).toMatch(/^root:\$6\$/m)

  expect(await demo.sayApproved('ana', 'jail password lock blog')).toMatchObject({ state: 'done' })
  expect(passwords()).toMatch(/^root:\*LOCKED\*\$6\$/m)
  expect(await demo.say('ana', 'jail password lock blog')).toMatchObject({ state: 'done', reason: 'nothing_to_do' })
})

/** All but the lab's own files: it is the host, and may know. */
function textsBelow(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(demo.stateDir, 'lab')))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }))
}
