import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { chooseHost, type ChosenHost, hostCheck, renderFindings } from '../../src/cli/host-check.ts'
import { configSchema } from '../../src/config/schema.ts'
import { refusal } from '../core/refusal.ts'
import { bareHost, fakeShell, goodHost } from '../host/check/fake-host.ts'

const ssh = { address: 'web2.example', user: 'jailops', become: 'doas', knownHosts: '/etc/known_hosts' }
const settings = { host: { name: 'web1' }, hosts: { web1: {}, web2: { ssh }, web3: null } }

let folder: string
let file: string
let said: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-cli-'))
  file = join(folder, 'jailops.yaml')
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 })
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = undefined
})

describe('which host', () => {
  const config = configSchema.parse(settings)

  it('is this machine, also where nothing is configured', () => {
    expect(chooseHost(config, undefined)).toMatchObject({ name: 'web1' })
    expect(chooseHost(config, 'web1').target).toBeUndefined()
    expect(chooseHost(configSchema.parse({}), undefined).layout.jailRoots).toBe('/usr/jails')
  })

  it('is one that is reached by ssh', () => {
    expect(chooseHost(config, 'web2')).toMatchObject({ name: 'web2', target: { address: 'web2.example', become: 'doas' } })
  })

  it('is none that has a worker of its own, or no entry', () => {
    expect(refusal(() => chooseHost(config, 'web3'))).toMatchObject({ code: 'which_host', message: expect.stringContaining('host:web3') })
    expect(refusal(() => chooseHost(config, 'wbe2'))).toMatchObject({
      code: 'unknown_host',
      message: expect.stringContaining('Did you mean web2?'),
    })
    for (const name of ['constructor', '__proto__', 'toString']) expect(refusal(() => chooseHost(config, name)).code).toBe('unknown_host')
  })
})

describe('jailops host check', () => {
  it('prints a line a finding and ends with 0 where nothing lacks', async () => {
    const asked: ChosenHost[] = []
    await hostCheck('web2', { config: file }, async (host) => {
      asked.push(host)
      return fakeShell({ ...goodHost(), answers: { ...goodHost().answers, 'date -u +%s': nowInSeconds() } })
    })
    expect(asked).toMatchObject([{ name: 'web2', target: { user: 'jailops' } }])
    expect(said).toMatch(/^✓ good {5}FreeBSD {8}FreeBSD 15\.1-RELEASE-p1\.$/m)
    expect(said.trimEnd().split('\n').at(-1)).toMatch(/^web2: \d+ good, 0 lacking, 0 to look at, 0 not known\.$/)
    expect(process.exitCode).toBe(0)
  })

  it('ends with 1 where something lacks, with what to type', async () => {
    await hostCheck(undefined, { config: file }, async () => fakeShell(bareHost()))
    expect(said).toContain('\n      sysrc cloned_interfaces+=lo1\n')
    expect(process.exitCode).toBe(1)
  })

  it('ends with 1 where something is not known, too', async () => {
    await hostCheck(undefined, { config: file }, async () => fakeShell(goodHost()))
    expect(said.trimEnd().split('\n').at(-1)).toMatch(/^web1: \d+ good, 0 lacking, 0 to look at, 1 not known\.$/)
    expect(process.exitCode).toBe(1)
  })

  it('prints JSON for programs', async () => {
    await hostCheck(undefined, { config: file, json: true }, async () => fakeShell(bareHost()))
    const findings: unknown = JSON.parse(said)
    expect(findings).toContainEqual(expect.objectContaining({ subject: 'network', state: 'lacks', remedy: expect.any(Array) }))
  })

  it('closes what was opened when a look fails', async () => {
    const closed = vi.fn()
    const failing = hostCheck(undefined, { config: file }, async (_, releasers) => {
      releasers.add('shell', closed)
      throw new Error('no way there')
    })
    await expect(failing).rejects.toThrow('no way there')
    expect(closed).toHaveBeenCalledOnce()
  })
})

it('is plain text for a pipe', () => {
  expect(renderFindings('h', [])).toBe('\nh: 0 good, 0 lacking, 0 to look at, 0 not known.\n')
  expect(renderFindings('h', [{ subject: 'x', state: 'lacks', says: 'No x.', remedy: ['get x'] }])).not.toMatch(/[^\P{C}\n]/u)
})

function nowInSeconds() {
  return { exitCode: 0, stdout: `${Math.floor(Date.now() / 1000)}\n`, stderr: '', timedOut: false, truncated: false }
}
