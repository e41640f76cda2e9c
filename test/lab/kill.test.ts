import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { startGuard } from '../../src/guard/guard.ts'
import { isAlive } from '../../src/lab/real.ts'
import { runShell, temporaryFolder } from './temporary-lab.ts'
import { until } from '../support/until.ts'

/** A failing test must not leave its children behind. */
const children: ReturnType<typeof spawn>[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

function sleeper(ignoresTerm = false): number {
  const child = spawn('/bin/sh', ['-c', `${ignoresTerm ? "trap '' TERM; " : ''}while :; do sleep 0.2; done`], {
    detached: true,
    stdio: 'ignore',
  })
  child.unref()
  return child.pid ?? 0
}

const source = (path: string) => new URL(`../../src/${path}`, import.meta.url).href

describe('the guard', () => {
  it('ends what is listed, also what ignores TERM, and leaves the rest alone', async () => {
    const folder = temporaryFolder()
    const guard = startGuard(folder)
    const [plain, stubborn, removed] = [sleeper(), sleeper(true), sleeper()]
    await wait(200)
    guard.add('plain one', plain)
    guard.add('../stubborn', stubborn)
    guard.add('removed', removed)
    guard.remove('removed')
    await guard.stop()
    await until(() => !isAlive(plain) && !isAlive(stubborn))
    expect(isAlive(removed)).toBe(true)
    expect(readdirSync(join(folder, 'pids'))).toEqual([])
    process.kill(removed, 'SIGKILL')
    rmSync(folder, { recursive: true })
  })

  it('does not touch a process that only got the number of one that was listed', async () => {
    const folder = temporaryFolder()
    const pid = sleeper()
    const guard = startGuard(folder)
    guard.add('other', pid)
    writeFileSync(join(folder, 'pids/other'), `${pid} 1\n`)
    await guard.stop()
    expect(isAlive(pid)).toBe(true)
    process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true })
  })

  it('ends everything when its starter is killed', async () => {
    const folder = temporaryFolder()
    const pid = sleeper()
    const script = `import { startGuard } from '${source('guard/guard.ts')}'; startGuard('${folder}').add('a', ${pid}); console.log('ready'); setInterval(() => {}, 1000)`
    await killWhenReady(script)
    await until(() => !isAlive(pid))
    rmSync(folder, { recursive: true })
  })
})

describe('a lab whose process is killed', () => {
  it('leaves no daemon, and no client hanging', async () => {
    const folder = temporaryFolder()
    const script = `
      import { startLab } from '${source('lab/lab.ts')}'
      const lab = await startLab({ folder: '${folder}' })
      console.log(lab.layout.haproxy.bindPort)`
    const child = run(script)
    const port = await ready(child)
    const sh = (line: string) => runShell([join(folder, 'bin')], line)
    const config = `global\ndefaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\nfrontend f\n bind 127.0.0.1:${port}\n`
    writeFileSync(join(folder, 'host/usr/local/etc/haproxy.d/a.cfg'), config)
    await sh('sysrc haproxy_enable=YES; sysrc haproxy_config=/usr/local/etc/haproxy.d; jail -c name=a path=/usr/jails/.base persist')
    expect((await sh('service haproxy start')).code).toBe(0)
    const pid = Number(readFileSync(join(folder, 'host/var/run/haproxy.pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    const waiting = sh('jexec a sleep 30')
    await wait(200)
    child.kill('SIGKILL')
    const start = Date.now()
    expect((await waiting).code).toBe(75)
    expect(Date.now() - start).toBeLessThan(20_000)
    expect((await sh('jls')).code).toBe(75)
    await until(() => !isAlive(pid))
    expect(existsSync(join(folder, 'run/resident'))).toBe(false)
    rmSync(folder, { recursive: true })
  })
})

function run(script: string): ReturnType<typeof spawn> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

function ready(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve) => child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim())))
}

async function killWhenReady(script: string): Promise<void> {
  const child = run(script)
  await ready(child)
  child.kill('SIGKILL')
}
