import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryProject, write } from './project.ts'
import { eventually, isRunning, start, type Started } from './programs.ts'

const node = process.execPath

/** Runs until it is told to end, and leaves word of its pid, its parent and of why it ended. */
const LONG_RUNNING = `
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { endWithParent } from './parent.ts'

function end(why: string, code: number) {
  appendFileSync('ended', why + '\\n')
  process.exit(code)
}
endWithParent(() => end('parent gone', 1))
for (const [signal, code] of [['SIGINT', 30], ['SIGTERM', 40], ['SIGHUP', 50]] as const) process.on(signal, () => end(signal, code))
setInterval(() => {}, 1000)
writeFileSync('pids.new', JSON.stringify({ main: process.pid, launcher: process.ppid }))
renameSync('pids.new', 'pids')
`

describe('what passes through', () => {
  test('arguments, standard output and the exit code', async () => {
    const project = temporaryProject('console.log(JSON.stringify(process.argv.slice(2))); process.exit(7)')

    const launcher = start(node, ['bin/jailops.cjs', 'jail', 'create', '--name', 'a b', '$HOME'], { cwd: project })

    expect(await launcher.ended).toBe(7)
    expect(launcher.output()).toBe('["jail","create","--name","a b","$HOME"]\n')
  })

  test('a signal that ended the program is 128 and its number', async () => {
    const project = temporaryProject("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)")
    expect(await start(node, ['bin/jailops.cjs'], { cwd: project }).ended).toBe(137)
  })

  test.each([
    ['SIGINT', 30],
    ['SIGTERM', 40],
    ['SIGHUP', 50],
  ] as const)('%s reaches the program, and its exit code comes back', async (signal, code) => {
    const project = temporaryProject(LONG_RUNNING)
    const launcher = start(node, ['bin/jailops.cjs'], { cwd: project })
    await pidsOf(project, launcher)

    launcher.process.kill(signal)

    expect(await launcher.ended).toBe(code)
    expect(wordsOf(project)).toEqual([signal])
  })

  test('a bundle is preferred to the sources, and needs no packages', async () => {
    const project = temporaryProject("console.log('sources')")
    write(project, 'src/cli/main.js', "console.log('bundle')")
    const launcher = start(node, ['bin/jailops.cjs'], { cwd: project })
    expect(await launcher.ended).toBe(0)
    expect(launcher.output()).toBe('bundle\n')
  })

  test('the compile cache is kept in the project', async () => {
    const project = temporaryProject("console.log('ran')")
    await start(node, ['bin/jailops.cjs'], { cwd: project }).ended
    expect(existsSync(join(project, '.jailops', 'compile-cache'))).toBe(true)
  })
})

describe('an older Node', () => {
  const OLD =
    "for (const [object, name, value] of [[process, 'version', 'v18.20.0'], [process.versions, 'node', '18.20.0']]) Object.defineProperty(object, name, { value })"

  test('uses the Node that set-up installed', async () => {
    const project = temporaryProject('console.log(process.execPath)')
    write(project, 'old.cjs', OLD)
    const installed = join(project, '.jailops/node24/node_modules/node/bin')
    await mkdir(installed, { recursive: true })
    symlinkSync(node, join(installed, 'node'))

    const launcher = start(node, ['--require', './old.cjs', 'bin/jailops.cjs'], { cwd: project, env: { PATH: '/nowhere' } })

    expect(await launcher.ended).toBe(0)
  })

  test('uses a node24 on the PATH, and none that is too old', async () => {
    const project = temporaryProject("console.log('ran')")
    write(project, 'old.cjs', OLD)
    write(project, 'one/node', '#!/bin/sh\necho v22.1.0\n', 0o755)
    write(project, 'two/node24', `#!/bin/sh\n[ "$1" = --version ] && echo v24.9.0 && exit\necho two\nexec "${node}" "$@"\n`, 0o755)

    const launcher = start(node, ['--require', './old.cjs', 'bin/jailops.cjs'], {
      cwd: project,
      env: { PATH: `${project}/one:${project}/two:/bin:/usr/bin` },
    })

    expect(await launcher.ended).toBe(0)
    expect(launcher.output()).toBe('two\nran\n')
  })

  test('alone says what to do', async () => {
    const project = temporaryProject('')
    write(project, 'old.cjs', OLD)
    const launcher = start(node, ['--require', './old.cjs', 'bin/jailops.cjs'], { cwd: project, env: { PATH: '/nowhere' } })
    expect(await launcher.ended).toBe(1)
    expect(launcher.output()).toMatch(/^jailops: Node 24 is needed, this is v18\.20\.0: run `npm run setup` in /)
  })
})

describe('nothing is left running', () => {
  test('the launcher is killed by kill -9', async () => {
    const project = temporaryProject(LONG_RUNNING)
    const launcher = start(node, ['bin/jailops.cjs'], { cwd: project })
    const { main } = await pidsOf(project, launcher)

    launcher.process.kill('SIGKILL')

    await eventually('the end of the program', () => !isRunning(main), 3)
    expect(wordsOf(project)).toEqual(['parent gone'])
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('%s to npm run', async (signal) => {
    const project = temporaryProject(LONG_RUNNING)
    const npm = start('npm', ['run', 'demo', '--', '--headless'], { cwd: project })
    const { main, launcher } = await pidsOf(project, npm)

    // Ctrl-C is a matter of the terminal, which signals the whole group; npm counts on that and passes no SIGINT on.
    if (signal === 'SIGINT') process.kill(launcher, signal)
    else npm.process.kill(signal)

    await eventually('the end of all', () => ![main, launcher, npm.pid].some(isRunning), 6)
    expect(wordsOf(project)).toHaveLength(1)
  })

  test('the shell between npm and the launcher is killed', async () => {
    const { project, npm, main, launcher } = await npmWithShell()
    const shell = parentOf(launcher)
    expect(shell).not.toBe(npm.pid)

    process.kill(shell, 'SIGKILL')

    await eventually('the end of all', () => ![main, launcher, npm.pid].some(isRunning), 6)
    expect(wordsOf(project)).toEqual(['SIGTERM'])
  })

  test('npm is killed and the shell between stays', async () => {
    const { project, npm, main, launcher } = await npmWithShell()

    npm.process.kill('SIGKILL')

    await eventually('the end of all', () => ![main, launcher].some(isRunning), 6)
    expect(wordsOf(project)).toEqual(['SIGTERM'])
  })

  test('npm above an npm is killed', async () => {
    const project = temporaryProject(LONG_RUNNING)
    write(project, 'outer.sh', 'npm run demo; echo after\n')
    const outer = start('sh', ['outer.sh'], { cwd: project })
    const { main, launcher } = await pidsOf(project, outer)

    process.kill(npmAbove(launcher), 'SIGKILL')

    await eventually('the end of all', () => ![main, launcher, outer.pid].some(isRunning), 6)
  })
})

test('a program in the background ends with the shell where JAILOPS_END_WITH_PARENT=1 asks for it', async () => {
  const project = temporaryProject(LONG_RUNNING)
  const shell = start('sh', ['-c', `"${node}" bin/jailops.cjs bot >log 2>&1 & wait`], {
    cwd: project,
    env: { JAILOPS_END_WITH_PARENT: '1' },
  })
  const { main, launcher } = await pidsOf(project, shell)
  shell.process.kill('SIGKILL')
  await eventually('the end of all', () => ![main, launcher].some(isRunning), 3)
  expect(wordsOf(project)).toEqual(['SIGTERM'])
})

test('a program in the background outlives the shell that started it', async () => {
  const project = temporaryProject(LONG_RUNNING)
  const shell = start('sh', ['-c', `"${node}" bin/jailops.cjs bot >log 2>&1 &`], { cwd: project })
  const { main, launcher } = await pidsOf(project, shell)
  onTestFinished(() => void (isRunning(launcher) && process.kill(launcher, 'SIGKILL')))
  await shell.ended

  await new Promise((resolve) => setTimeout(resolve, 2500))

  expect(isRunning(main)).toBe(true)
  process.kill(launcher, 'SIGTERM')
  await eventually('the end of all', () => ![main, launcher].some(isRunning), 3)
})

/** npm with a shell that stays, as older ones do. */
async function npmWithShell() {
  const project = temporaryProject(LONG_RUNNING)
  write(project, 'stays/bash', '#!/bin/sh\nset -- "$2"\neval "$1"\nexit $?\n', 0o755)
  const npm = start('npm', ['--script-shell', join(project, 'stays/bash'), 'run', 'demo'], { cwd: project })
  return { project, npm, ...(await pidsOf(project, npm)) }
}

async function pidsOf(project: string, started: Started): Promise<{ main: number; launcher: number }> {
  const file = join(project, 'pids')
  await eventually(`a running program (it said: ${started.output()})`, () => existsSync(file))
  const pids = JSON.parse(readFileSync(file, 'utf8')) as { main: number; launcher: number }
  onTestFinished(() => void (isRunning(pids.main) && process.kill(pids.main, 'SIGKILL')))
  return pids
}

function wordsOf(project: string): string[] {
  return readFileSync(join(project, 'ended'), 'utf8').trimEnd().split('\n')
}

function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }))
}

function npmAbove(pid: number): number {
  const parent = parentOf(pid)
  const name = execFileSync('ps', ['-o', 'args=', '-p', String(parent)], { encoding: 'utf8' })
  return name.startsWith('npm') ? parent : npmAbove(parent)
}
