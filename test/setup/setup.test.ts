import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject, write } from './project.ts'
import { eventually, isRunning, start, type Started } from './programs.ts'

const node = process.execPath
const STAMP = 'node_modules/.jailops-setup'
const LOCK = '.jailops/setup.lock'

/** An npm that notes what it is asked for, takes its time and fills node_modules. Its fate is in the environment. */
const FAKE_NPM = `#!${node}
import { appendFileSync, mkdirSync } from 'node:fs'
appendFileSync('npm.log', process.argv.slice(2, 4).join(' ') + ' ' + process.pid + '\\n')
if (process.env.FAKE_NPM === 'fails') { console.log('npm error code EUSAGE'); process.exit(1) }
setTimeout(() => mkdirSync('node_modules', { recursive: true }), process.env.FAKE_NPM === 'hangs' ? 60_000 : 500)
`

test('a second start does nothing', async () => {
  const project = projectWithNpm()

  const setup = setUp(project)

  expect(await setup.ended).toBe(0)
  expect(setup.output()).toBe('')
  expect(existsSync(join(project, '.jailops'))).toBe(false)
})

test('a changed package-lock.json means npm ci, once', async () => {
  const project = projectWithNpm()
  write(project, 'package-lock.json', lockOf({ 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' } }))

  expect(await setUp(project).ended).toBe(0)
  expect(await setUp(project).ended).toBe(0)

  expect(npmCalls(project)).toHaveLength(1)
  expect(npmCalls(project)[0]).toMatch(/^ci --include=dev /)
})

test("a developer's own npm install is taken as it is, where it agrees with the lock file", async () => {
  const project = projectWithNpm()
  const packages = { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' } }
  write(project, 'package-lock.json', lockOf({ ...packages, 'node_modules/other-system': { version: '1.0.0', optional: true } }))
  write(project, 'node_modules/.package-lock.json', lockOf(packages))

  expect(await setUp(project).ended).toBe(0)
  expect(npmCalls(project)).toEqual([])

  write(project, 'package-lock.json', lockOf({ 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-b' } }))
  expect(await setUp(project).ended).toBe(0)
  expect(npmCalls(project)).toHaveLength(1)
})

test('two at once install once', async () => {
  const project = projectWithNpm()
  rmSync(join(project, STAMP))

  const both = [setUp(project), setUp(project)]

  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0])
  expect(npmCalls(project)).toHaveLength(1)
  expect(both.map(({ output }) => output()).join('')).toMatch(/waiting for another set-up \(process (\d+|\?)\)/)
  expect(existsSync(join(project, LOCK))).toBe(false)
})

test('the lock of a killed one is not waited for, and its npm ends', async () => {
  const project = projectWithNpm()
  rmSync(join(project, STAMP))
  const killed = setUp(project, { FAKE_NPM: 'hangs' })
  const npm = await runningNpm(project)
  killed.process.kill('SIGKILL')
  await eventually('the end of npm', () => !isRunning(npm))
  expect(existsSync(join(project, LOCK))).toBe(true)

  const three = [setUp(project), setUp(project), setUp(project)]

  expect(await Promise.all(three.map(({ ended }) => ended))).toEqual([0, 0, 0])
  expect(npmCalls(project)).toHaveLength(2)
})

test('SIGTERM ends what it runs, leaves no lock and no stamp', async () => {
  const project = projectWithNpm()
  rmSync(join(project, STAMP))
  const setup = setUp(project, { FAKE_NPM: 'hangs' })
  const npm = await runningNpm(project)

  setup.process.kill('SIGTERM')

  expect(await setup.ended).toBe(143)
  expect(isRunning(npm)).toBe(false)
  expect([LOCK, STAMP].filter((file) => existsSync(join(project, file)))).toEqual([])
})

test('npm ci that fails is told with its reason', async () => {
  const project = projectWithNpm()
  rmSync(join(project, STAMP))
  const setup = setUp(project, { FAKE_NPM: 'fails' })
  expect(await setup.ended).toBe(1)
  expect(setup.output()).toContain('npm ci failed; mend what it says, then start again.\n  npm error code EUSAGE\n')
})

test.skipIf(process.platform !== 'linux')('missing programs without a package manager: what to do', async () => {
  const project = projectWithNpm()
  const setup = setUp(project, { PATH: join(project, 'fake') })
  expect(await setup.ended).toBe(1)
  expect(setup.output()).toMatch(
    /^jailops set-up: redis-server.* missing, and I know no package manager here: install them, then start again\.$/m,
  )
})

test('the demo says nothing on its standard output before the program does', async () => {
  const project = projectWithNpm("console.log('the program')")
  rmSync(join(project, STAMP))
  const shell = start('sh', ['-c', `"${node}" scripts/run.cjs demo 2>/dev/null`], { cwd: project, env: pathOf(project) })
  expect(await shell.ended).toBe(0)
  expect(shell.output()).toBe('the program\n')
})

function projectWithNpm(main = ''): string {
  const project = temporaryProject(main)
  write(project, 'fake/npm', FAKE_NPM, 0o755)
  return project
}

function setUp(project: string, env: NodeJS.ProcessEnv = {}): Started {
  return start(node, ['scripts/setup.cjs'], { cwd: project, env: { ...pathOf(project), ...env } })
}

function pathOf(project: string) {
  return { PATH: `${project}/fake:${process.env['PATH']}` }
}

function lockOf(packages: object): string {
  return JSON.stringify({ lockfileVersion: 3, packages: { '': { name: 'jailops' }, ...packages } })
}

function npmCalls(project: string): string[] {
  const file = join(project, 'npm.log')
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
}

async function runningNpm(project: string): Promise<number> {
  const call = await eventually('a call of npm', () => npmCalls(project)[0])
  return Number(call.split(' ').at(-1))
}
