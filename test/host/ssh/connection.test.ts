import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SshTarget } from '../../../src/core/ssh-target.ts'
import { agentText, editionOf } from '../../../src/host/ssh/agent.ts'
import { createSshShell, type SshShell, type SshShellOptions } from '../../../src/host/shell-ssh.ts'
import { startCuttingProxy } from '../../support/cutting-proxy.ts'
import { missingForSshd, type Sshd, startSshd } from '../../support/sshd.ts'
import { isRunning } from '../shell-processes.ts'

let started: Sshd | undefined
const shells: SshShell[] = []
const sshd = () => {
  if (started === undefined) throw new Error('no sshd')
  return started
}
const lost = { code: 'connection_lost', message: expect.stringContaining('127.0.0.1') }

function open(target: SshTarget, more: Partial<SshShellOptions> = {}) {
  const problems: string[] = []
  const controlFolder = mkdtempSync(join(dirname(target.knownHosts), 'c-'))
  const fixed = { controlFolder, owner: 'tests', programFolders: ['/bin', '/usr/bin'], jailRoots: join(controlFolder, 'jails') }
  const shell = createSshShell({ target, ...fixed, onProblem: (what) => void problems.push(what), ...more })
  shells.push(shell)
  return { shell, problems, controlFolder }
}

async function connected(target: SshTarget, more: Partial<SshShellOptions> = {}) {
  const opened = open(target, more)
  await opened.shell.whenConnected(AbortSignal.timeout(10_000))
  return opened
}

function lockOf(target: SshTarget): { holder: number; group: number; epoch: string } {
  const [, pid, group, epoch = ''] = readFileSync(join(target.folder, 'lock'), 'utf8').split(' ')
  return { holder: Number(pid), group: Number(group), epoch }
}

describe.skipIf(missingForSshd() !== undefined)('a connection', () => {
  beforeAll(async () => {
    started = await startSshd('sh')
  })
  afterEach(async () => {
    for (const shell of shells.splice(0)) await shell.stop()
  })
  afterAll(() => started?.stop())

  test.each(['a file', 'a command'])('whose lock is gone is given up by who asks for %s, and made anew', async (what) => {
    const target = sshd().target()
    const { shell } = await connected(target)
    rmSync(join(target.folder, 'lock'))
    const asked = what === 'a file' ? shell.list('/none') : shell.run({ argv: ['true'], timeoutSeconds: 5 })
    await expect(asked).rejects.toMatchObject(lost)
    await shell.whenConnected(AbortSignal.timeout(10_000))
    expect(await shell.run({ argv: ['echo', 'back'], timeoutSeconds: 5 })).toMatchObject({ stdout: 'back\n' })
    expect(lockOf(target).epoch).not.toBe('')
  })

  test('whose lock another worker has taken says so to a person, and is not taken for one any more', async () => {
    const target = sshd().target()
    const { shell, problems } = await connected(target, { patienceMilliseconds: 500 })
    const other = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' })
    writeFileSync(join(target.folder, 'lock'), `other ${other.pid} ${other.pid} e9 never\n`)
    await expect(shell.list('/none')).rejects.toMatchObject(lost)
    await vi.waitFor(() => expect(problems).toEqual([expect.stringContaining('another jailops worker (other)')]))
    expect(shell.isConnected()).toBe(false)
    other.kill('SIGKILL')
  })

  test('whose holder on the host hangs is given up when it has been silent too long, and no other', async () => {
    const target = sshd().target()
    const silenceMilliseconds = 12_000
    const [{ shell }, { shell: other }] = await Promise.all([
      connected(target, { silenceMilliseconds }),
      connected(sshd().target(), { silenceMilliseconds }),
    ])
    const before = performance.now()
    const running = expect(shell.run({ argv: ['sleep', '300'], timeoutSeconds: 300 })).rejects.toMatchObject(lost)
    const otherLost = vi.fn()
    const otherRuns = other.run({ argv: ['sleep', '20'], timeoutSeconds: 60 }).then(undefined, otherLost)
    const { group, epoch } = lockOf(target)
    process.kill(-group, 'SIGSTOP')

    await running

    expect(performance.now() - before).toBeLessThan(18_000)
    await shell.whenConnected(AbortSignal.timeout(10_000))
    expect(lockOf(target).epoch).not.toBe(epoch)
    await otherRuns
    expect(otherLost).not.toHaveBeenCalled()
  })

  test('that two of one name take from each other again and again: a person is told', async () => {
    const target = sshd().target()
    const both = [open(target), open(target)]
    await vi.waitFor(() => expect(both.flatMap(({ problems }) => problems)).not.toHaveLength(0))
    expect(both.flatMap(({ problems }) => problems)[0]).toMatch(/is lost again and again.*two workers run from copies of one state folder/)
  })

  test('that is lost once is made again, and nobody is told', async () => {
    const target = sshd().target()
    const { shell, problems } = await connected(target)
    const { epoch } = lockOf(target)
    rmSync(join(target.folder, 'lock'))
    await expect(shell.list('/none')).rejects.toMatchObject(lost)
    await shell.whenConnected(AbortSignal.timeout(10_000))
    expect(lockOf(target).epoch).not.toBe(epoch)
    expect(problems).toEqual([])
  })

  test('is not made in a folder that is a link', async () => {
    const target = sshd().target()
    mkdirSync(`${target.folder}-elsewhere`)
    symlinkSync(`${target.folder}-elsewhere`, target.folder)
    const { problems } = open(target)
    await vi.waitFor(() => expect(problems).toHaveLength(1))
    expect(problems[0]).toContain(`${target.folder} on 127.0.0.1 is a symbolic link or belongs to another user; put a folder there`)
  })

  test('has its control socket in a folder with a space in it', async () => {
    const controlFolder = mkdtempSync(join(sshd().folder, 'a b-'))
    const { shell } = await connected(sshd().target(), { controlFolder })
    expect(await shell.run({ argv: ['echo', 'hello'], timeoutSeconds: 5 })).toMatchObject({ stdout: 'hello\n' })
  })

  test('an abort is heard by who still waits for a session', async () => {
    const { shell } = await connected(sshd().target())
    const all = new AbortController()
    const marks = mkdtempSync(join(sshd().folder, 'marks-'))
    const running = Array.from({ length: 8 }, (_, index) =>
      shell.run({ argv: ['sh', '-c', 'echo >"$1"; sleep 300', 'sh', join(marks, String(index))], timeoutSeconds: 300, signal: all.signal }),
    )
    await vi.waitFor(() => expect(readdirSync(marks)).toHaveLength(8))
    const one = new AbortController()
    const waiting = shell.run({ argv: ['true'], timeoutSeconds: 5, signal: one.signal })
    await new Promise(setImmediate) // now it waits
    one.abort()
    expect(await waiting).toMatchObject({ exitCode: undefined, timedOut: false })
    // nobody has ended the others for it
    expect(await Promise.race([...running, 'they run'])).toBe('they run')
    all.abort()
    await Promise.all(running)
  })

  test('httpGet goes out from the host', async () => {
    const { shell } = await connected(sshd().target())
    const seen: string[] = []
    const server = createHttpServer((_request, response) => {
      seen.push(spawnSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).stdout)
      response.end('x'.repeat(300_000))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = portOf(server.address())
    const { body } = await shell.httpGet({ address: '127.0.0.1', port, path: '/', hostHeader: 'x', timeoutSeconds: 5 })
    expect(body).toHaveLength(300_000)
    expect(seen).toEqual([expect.stringMatching(new RegExp(String.raw`^nc .* 127\.0\.0\.1 ${port}$`, 'm'))])
    server.close()
  })

  test('whose network died makes a lost connection of a time limit', async () => {
    const proxy = await startCuttingProxy(sshd().port, () => undefined)
    const folder = mkdtempSync(join(sshd().folder, 'test-'))
    const knownHosts = join(folder, 'known_hosts')
    writeFileSync(knownHosts, `[127.0.0.1]:${proxy.port} ${readFileSync(join(sshd().folder, 'host.pub'), 'utf8')}`)
    const { shell } = await connected(sshd().target({ port: proxy.port, knownHosts }))
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(join(folder, 's'))
    const web = createHttpServer(() => undefined).listen(0, '127.0.0.1')
    await Promise.all([once(silent, 'listening'), once(web, 'listening')])
    const request = { address: '127.0.0.1', port: portOf(web.address()), path: '/', hostHeader: 'x', timeoutSeconds: 0.5 }
    await expect(shell.exchange(join(folder, 's'), 'x', 0.5)).rejects.toMatchObject({ code: 'timed_out' })
    proxy.freeze()
    const asked = [shell.exchange(join(folder, 's'), 'x', 0.5), shell.httpGet(request)]
    const answers = Promise.allSettled(asked)
    // its limit is long over when ssh finds the network dead
    setTimeout(() => proxy.cutNow(), 2000)
    expect(await answers).toMatchObject(asked.map(() => ({ status: 'rejected', reason: lost })))
    proxy.stop()
    silent.close()
    web.closeAllConnections()
    web.close()
  })
})

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe.skipIf(missingForSshd() !== undefined)('beneath sudo', () => {
  test('a lock of our own name is taken over together with the connection that held it, up to its sshd', async () => {
    const folder = mkdtempSync('/tmp/jailops-kept-')
    const agent = join(folder, 'agent')
    const target = (server: Sshd) => server.target({ become: 'sudo', folder: join(folder, 'own') })
    const rules = { folder: join(folder, 'own'), programFolders: ['/bin', '/usr/bin'], jailRoots: '/none' }
    writeFileSync(`${agent}.sh`, agentText(rules))
    // what sudo is: a parent that waits
    writeFileSync(agent, `#!/bin/sh\n/bin/sh -c '/bin/sh ${agent}.sh; exit $?'\nexit $?\n`, { mode: 0o755 })
    const server = await startSshd('sh', { keptAgent: agent })
    const keptEdition = editionOf(rules)
    const ghost = await connected(target(server), { keptEdition })
    const { holder, epoch } = lockOf(target(server))
    const above = sshdAbove(holder)
    const master = masterOf(ghost.controlFolder)
    process.kill(master, 'SIGSTOP')
    await connected(target(server), { keptEdition })
    expect(lockOf(target(server)).epoch).not.toBe(epoch)
    await vi.waitFor(() => expect(isRunning(above)).toBe(false))
    process.kill(master, 'SIGKILL')
    for (const shell of shells.splice(0)) await shell.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('an agent that was made for another layout is refused: what it guards is not what is there now', async () => {
    const folder = mkdtempSync('/tmp/jailops-kept-')
    const rules = { folder: join(folder, 'own'), programFolders: ['/bin', '/usr/bin'], jailRoots: '/old' }
    writeFileSync(join(folder, 'agent'), `#!/bin/sh\n${agentText(rules)}`, { mode: 0o755 })
    const server = await startSshd('sh', { keptAgent: join(folder, 'agent') })
    const keptEdition = editionOf({ ...rules, jailRoots: '/new' })
    const { shell, problems } = open(server.target({ become: 'sudo', folder: rules.folder }), { keptEdition, patienceMilliseconds: 500 })

    await vi.waitFor(
      () => expect(problems).toEqual([expect.stringContaining('is not the one that this jailops makes for this layout')]),
      10_000,
    )
    await expect(shell.list('/')).rejects.toMatchObject({ message: expect.stringContaining('jailops host privileges') })

    for (const one of shells.splice(0)) await one.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })
})

function table(): { pid: number; parent: number; args: string }[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'ppid=', '-o', 'args='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }]
  })
}

function sshdAbove(pid: number): number {
  const processes = table()
  for (let at = processes.find((process) => process.pid === pid); at !== undefined;) {
    const { parent } = at
    at = processes.find((process) => process.pid === parent)
    if (at?.args.startsWith('sshd')) return at.pid
  }
  throw new Error('no sshd above it')
}

function masterOf(controlFolder: string): number {
  const found = table().find(({ args }) => args.includes(`ControlPath="${controlFolder}`) && args.includes('ControlMaster=yes'))
  if (found === undefined) throw new Error('no connection') // 0 would be our own group
  return found.pid
}
