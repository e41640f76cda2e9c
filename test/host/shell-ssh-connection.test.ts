import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SshTarget } from '../../src/core/ssh-target.ts'
import { createSshShell, type SshShell, type SshShellOptions } from '../../src/host/shell-ssh.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { makeKey, missingForSshd, type Sshd, startSshd } from '../support/sshd.ts'
import { isRunning } from './shell-processes.ts'

let started: Sshd | undefined
const shells: SshShell[] = []
const sshd = () => {
  if (started === undefined) throw new Error('no sshd')
  return started
}

describe.skipIf(missingForSshd() !== undefined)('the connection of a shell over ssh', () => {
  beforeAll(async () => {
    started = await startSshd('sh')
  })
  afterEach(async () => {
    for (const shell of shells.splice(0)) await shell.stop()
  })
  afterAll(() => started?.stop())

  describe('is refused, with what to do', () => {
    test('when the host is not known; and nothing is written down', async () => {
      const knownHosts = join(sshd().folder, 'empty_known_hosts')
      writeFileSync(knownHosts, '')
      const { problems, shell } = open(sshd().target({ knownHosts }), { patienceMilliseconds: 500 })
      await vi.waitFor(() => expect(problems).toHaveLength(1))
      expect(problems[0]).toContain(`is not in ${knownHosts}; get it from the host itself`)
      expect(readFileSync(knownHosts, 'utf8')).toBe('')
      await expect(shell.readFile('/etc/passwd')).rejects.toMatchObject({
        code: 'connection_lost',
        message: expect.stringMatching(/127\.0\.0\.1.*is not in .*not known whether this was done/),
      })
      expect(shell.isConnected()).toBe(false)
    })

    test('when the host has another key', async () => {
      const folder = mkdtempSync(join(sshd().folder, 'other-'))
      makeKey(join(folder, 'host'))
      const knownHosts = join(folder, 'known_hosts')
      const line = `[127.0.0.1]:${sshd().port} ${readFileSync(join(folder, 'host.pub'), 'utf8')}`
      writeFileSync(knownHosts, line)
      const { problems } = open(sshd().target({ knownHosts }))
      await vi.waitFor(() => expect(problems).toHaveLength(1))
      expect(problems[0]).toContain(`shows another host key than the one in ${knownHosts}`)
      expect(readFileSync(knownHosts, 'utf8')).toBe(line)
    })

    test('when the account does not take the key', async () => {
      const identity = join(mkdtempSync(join(sshd().folder, 'other-')), 'id')
      makeKey(identity)
      const { problems } = open(sshd().target({ identity }))
      await vi.waitFor(() => expect(problems).toHaveLength(1))
      expect(problems[0]).toContain(`does not take ${identity}`)
      expect(problems[0]).toContain('authorized_keys')
    })

    test('when nothing there makes us root', async () => {
      const { problems } = open(sshd().target({ become: 'mdo' }))
      await vi.waitFor(() => expect(problems).toHaveLength(1))
      expect(problems[0]).toMatch(/mdo does not start \/usr\/local\/libexec\/jailops-agent .* `jailops host privileges`/)
    })

    test('when another worker serves the host, until it stops', async () => {
      const target = sshd().target()
      const first = open(target, { owner: 'one' })
      await first.shell.whenConnected(AbortSignal.timeout(10_000))
      const second = open(target, { owner: 'two' })
      await vi.waitFor(() => expect(second.problems).toHaveLength(1))
      expect(second.problems[0]).toContain('another jailops worker (one) serves 127.0.0.1')
      expect(first.shell.isConnected()).toBe(true)
      await first.shell.stop()
      const third = open(target, { owner: 'three' })
      await third.shell.whenConnected(AbortSignal.timeout(10_000))
    })
  })

  test('an unreachable host is not a problem for a person, and whoever waits can stop waiting', async () => {
    const { problems, shell } = open(sshd().target({ port: 1 }), { patienceMilliseconds: 1000 })
    await expect(shell.run({ argv: ['true'], timeoutSeconds: 1 })).rejects.toMatchObject({
      code: 'connection_lost',
      message: expect.stringContaining('Connection refused'),
    })
    await expect(shell.whenConnected(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    expect(problems).toEqual([])
  })

  test('a lock of our own name is taken over, and its old holder can do nothing any more', async () => {
    const target = sshd().target()
    const ghost = open(target)
    await ghost.shell.whenConnected(AbortSignal.timeout(10_000))
    const { epoch } = lockOf(target)
    const mark = join(ghost.controlFolder, 'mark')
    const probe = ['sh', '-c', 'echo $$ >"$1"; sleep 300', 'sh', mark]
    const lost = expect(ghost.shell.run({ argv: probe, timeoutSeconds: 300 })).rejects.toMatchObject({ code: 'connection_lost' })
    await vi.waitFor(() => expect(readFileSync(mark, 'utf8')).toContain('\n'))
    // stopped, so that it does not take the lock back at once
    const pid = masterOf(ghost.controlFolder)
    process.kill(pid, 'SIGSTOP')
    const { shell } = open(target)
    await shell.whenConnected(AbortSignal.timeout(10_000))
    expect(lockOf(target).epoch).not.toBe(epoch)
    await vi.waitFor(() => expect(isRunning(Number(readFileSync(mark, 'utf8')))).toBe(false))
    process.kill(pid, 'SIGKILL')
    await lost
    await ghost.shell.stop()
    expect(await shell.list('/none')).toEqual([])
  })

  test.each(['our ssh', "the host's sshd"])('comes back when %s is killed', async (which) => {
    const target = sshd().target()
    const { shell, controlFolder } = open(target)
    await shell.whenConnected(AbortSignal.timeout(10_000))
    const { epoch, holder } = lockOf(target)
    process.kill(which === 'our ssh' ? masterOf(controlFolder) : parentOf(holder), 'SIGKILL')
    await vi.waitFor(() => expect(shell.isConnected()).toBe(false))
    await shell.whenConnected(AbortSignal.timeout(10_000))
    expect(lockOf(target).epoch).not.toBe(epoch)
    expect(await shell.run({ argv: ['echo', 'back'], timeoutSeconds: 5 })).toMatchObject({ stdout: 'back\n' })
  })

  test('a change goes on without it and is awaited over the next one; a probe ends with it', async () => {
    const proxy = await startCuttingProxy(sshd().port, () => undefined)
    const folder = mkdtempSync(join(sshd().folder, 'test-'))
    const knownHosts = join(folder, 'known_hosts')
    writeFileSync(knownHosts, `[127.0.0.1]:${proxy.port} ${readFileSync(join(sshd().folder, 'host.pub'), 'utf8')}`)
    const { shell } = open(sshd().target({ port: proxy.port, knownHosts }))
    const [mark, groupFile] = [join(folder, 'mark'), join(folder, 'group')]
    const change = ['sh', '-c', 'echo begun >"$1"; echo out; echo err >&2; sleep 2; echo more; echo ended >>"$1"', 'sh', mark]
    const lost = { code: 'connection_lost', message: expect.stringContaining('127.0.0.1') }
    const changing = expect(shell.run({ argv: change, groupFile, timeoutSeconds: 60 })).rejects.toMatchObject(lost)
    const probing = expect(
      shell.run({ argv: ['sh', '-c', 'echo $$ >"$1"; sleep 300', 'sh', `${mark}-probe`], timeoutSeconds: 60 }),
    ).rejects.toMatchObject(lost)
    await vi.waitFor(() =>
      expect([mark, `${mark}-probe`].every((file) => existsSync(file) && readFileSync(file, 'utf8') !== '')).toBe(true),
    )

    proxy.cutNow()
    await Promise.all([changing, probing])

    expect(await shell.endGroup(groupFile, 20)).toBe('ended-by-itself')
    expect(readFileSync(mark, 'utf8')).toBe('begun\nended\n')
    await vi.waitFor(() => expect(isRunning(Number(readFileSync(`${mark}-probe`, 'utf8')))).toBe(false))
    proxy.stop()
  })

  test('a worker that is killed leaves no connection and no lock behind', async () => {
    const target = sshd().target()
    const worker = spawn(process.execPath, ['--input-type=module', '-e', heldBy, JSON.stringify(target)], {
      stdio: 'ignore',
      cwd: import.meta.dirname,
    })
    await vi.waitFor(() => expect(existsSync(join(target.folder, 'lock'))).toBe(true))
    const { holder } = lockOf(target)
    worker.kill('SIGKILL')
    await vi.waitFor(() => expect([isRunning(holder), existsSync(join(target.folder, 'lock'))]).toEqual([false, false]))
  })

  test('many operations at once share its few sessions', async () => {
    const { shell } = open(sshd().target())
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => shell.run({ argv: ['echo', String(index)], timeoutSeconds: 20 })),
    )
    expect(answers.map(({ stdout }) => Number(stdout))).toEqual(answers.map((_, index) => index))
  })

  test('an abort gets through while every session is taken', async () => {
    const { shell } = open(sshd().target())
    const controller = new AbortController()
    const running = Array.from({ length: 12 }, () =>
      shell.run({ argv: ['sleep', '60.125'], timeoutSeconds: 60, signal: controller.signal }),
    )
    await vi.waitFor(() => expect(sleepers()).toBeGreaterThanOrEqual(5))
    controller.abort()
    for (const result of await Promise.all(running)) expect(result).toMatchObject({ exitCode: undefined, timedOut: false })
  })
})

function open(target: SshTarget, more: Partial<SshShellOptions> = {}) {
  const problems: string[] = []
  const controlFolder = mkdtempSync(join(sshd().folder, 'c-'))
  const jailRoots = join(controlFolder, 'jails')
  mkdirSync(jailRoots)
  const onProblem = (what: string) => void problems.push(what)
  const shell = createSshShell({
    target,
    controlFolder,
    owner: 'tests',
    programFolders: ['/bin', '/usr/bin'],
    jailRoots,
    onProblem,
    ...more,
  })
  shells.push(shell)
  return { shell, problems, controlFolder }
}

const heldBy = `
import { makeSshShell } from './shell-makers.ts'
await makeSshShell(JSON.parse(process.argv[1]), { programFolders: ['/bin'], jailRoots: '/none' })
`

function lockOf(target: SshTarget): { holder: number; epoch: string } {
  const [, pid, , epoch = ''] = readFileSync(join(target.folder, 'lock'), 'utf8').split(' ')
  return { holder: Number(pid), epoch }
}

function processes(): { pid: number; parent: number; command: string }[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'ppid=', '-o', 'args='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }]
  })
}

function masterOf(controlFolder: string): number {
  const found = processes().find(
    ({ command }) => command.includes(`ControlPath="${controlFolder}`) && command.includes('ControlMaster=yes'),
  )
  if (found === undefined) throw new Error('no connection') // 0 would be our own group
  return found.pid
}

/** sshd's process of a session, above the agent that holds the lock. */
function parentOf(pid: number): number {
  return processes().find((process) => process.pid === pid)?.parent ?? 0
}

function sleepers(): number {
  return processes().filter(({ command }) => command.endsWith('sleep 60.125')).length
}
