import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createKeys } from '../../src/queue/keys.ts'
import { leaseKey } from '../../src/queue/lease.ts'
import { makeConnection, makeRedis } from '../queue/setup.ts'
import { mainFile } from '../support/house.ts'

/* Bot and worker that cannot start say why and are gone: nothing stays half alive. */

let folder = ''
const at = (name: string) => join(folder, name)
const ssh = { address: '127.0.0.1', port: 2222, user: 'ops', become: 'doas', knownHosts: '/nowhere/known_hosts', identity: '/nowhere/id' }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

/** Until it ends by itself, or a minute is over. */
async function start(what: 'bot' | 'worker', settings: Record<string, unknown>, onOutput?: (said: string, end: () => void) => void) {
  const config = { redis: { url: at('no-redis.sock') }, keys: at('keys'), state: at('state'), ...settings }
  writeFileSync(at('jailops.yaml'), JSON.stringify(config), { mode: 0o600 })
  const child = spawn(process.execPath, [mainFile, what, '--config', at('jailops.yaml')], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      onOutput?.(said, () => child.kill('SIGTERM'))
    })
  }
  return new Promise<{ code: number | null | 'it lives'; said: string }>((resolve) => {
    const timer = setTimeout(() => resolve({ code: 'it lives', said }), 60_000)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, said })
    })
  })
}

describe('a worker', () => {
  it('without keys names all that are missing and what makes each, before anything is open', async () => {
    await createKeys(at('keys'), 'web3')
    const { code, said } = await start('worker', {
      host: { name: 'web1' },
      hosts: { web1: null, web2: { ssh }, web3: { ssh }, web4: { ssh: { ...ssh, folder: '/var/jailops' } } },
    })
    expect(code).toBe(2)
    expect(said).toContain('no key for web1')
    expect(said).toContain('  jailops host enroll web1\n')
    expect(said).toContain(
      '  jailops host add web2 --address 127.0.0.1 --known-hosts /nowhere/known_hosts --port 2222 --user ops --identity /nowhere/id --become doas\n',
    )
    expect(said).not.toContain('web3')
    // `host add` would make it another folder
    expect(said).toContain('  jailops host enroll web4\n')
    expect(existsSync(at('state'))).toBe(false)
  })

  it.each([
    ['of this machine', { host: { name: 'web1' } }, 'state/worker/journal'],
    ['of a host over ssh', { hosts: { web1: { ssh } } }, 'state/worker/hosts/web1'],
  ])('%s that cannot keep journals ends, and gives its claim back', async (_, settings, path) => {
    await createKeys(at('keys'), 'web1')
    await mkdir(join(at(path), '..'), { recursive: true })
    writeFileSync(at(path), 'no folder')
    const { code } = await start('worker', settings)
    expect([code, existsSync(at('state/worker/claim'))]).toEqual([2, false])
  })

  it('told to stop while Redis is away, stops', async () => {
    await createKeys(at('keys'), 'web1')
    const { code } = await start('worker', { host: { name: 'web1' } }, (said, end) => said.includes('ENOENT') && end())
    expect([code, existsSync(at('state/worker/claim'))]).toEqual([0, false])
  })
})

describe('a bot', () => {
  it('without its key says what makes it', async () => {
    const { code, said } = await start('bot', { bot: { name: 'robo' } })
    expect([code, said]).toEqual([2, expect.stringContaining('  jailops host enroll robo\n')])
  })

  it('whose chats cannot be had ends, and gives its place to the next', async () => {
    await createKeys(at('keys'), 'bot')
    const { address } = await makeRedis()
    const { code, said } = await start('bot', { redis: { url: address.socketPath }, bot: { web: { port: 0 } } })
    expect([code, said]).toEqual([2, expect.stringContaining('bot.web is for the demo only')])
    expect(await (await makeConnection(address)).exists(leaseKey('bot'))).toBe(0)
  })

  it('told to stop while Redis is away, stops', async () => {
    await createKeys(at('keys'), 'bot')
    const { code } = await start('bot', {}, (said, end) => said.includes('ENOENT') && end())
    expect(code).toBe(0)
  })
})
