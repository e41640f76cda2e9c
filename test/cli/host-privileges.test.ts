import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { hostPrivileges } from '../../src/cli/host-privileges.ts'
import { hostPrograms } from '../../src/host/programs.ts'

let folder: string
let config: string
let said: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-cli-'))
  config = join(folder, 'jailops.yaml')
  const ssh = { address: 'web2.example', user: 'jailops', become: 'sudo', knownHosts: '/etc/known_hosts', identity: join(folder, 'key') }
  const root = { address: 'web3.example', knownHosts: '/etc/known_hosts' }
  writeFileSync(config, JSON.stringify({ hosts: { web2: { ssh }, web3: { ssh: { ...root, port: 2222 } }, web4: null } }), { mode: 0o600 })
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

it('prints all that is needed, each program with its reason', async () => {
  await hostPrivileges('web2', { config })
  const lines = said.split('\n')
  for (const { name, folder: place, why } of hostPrograms) {
    expect(lines.find((line) => line.startsWith(`  ${place}/${name} `))).toContain(why)
  }
  expect(said).toContain('jailops ALL=(root) NOPASSWD: NOSETENV: /usr/local/libexec/jailops-agent ""')
  expect(said).toContain('[as good as root: hooks of a configuration run on the host]')
  expect(said).toContain('It is no wall')
})

it('reaches the host as jailops does, by its port and known by its key', async () => {
  await hostPrivileges('web3', { config })
  expect(said).toContain("| ssh -p 2222 -o UserKnownHostsFile=/etc/known_hosts -o StrictHostKeyChecking=yes root@web3.example '")
  said = ''
  await hostPrivileges('web2', { config })
  expect(said).toContain("| ssh -o UserKnownHostsFile=/etc/known_hosts -o StrictHostKeyChecking=yes root@web2.example '")
})

it('prints a part alone, for a pipe', async () => {
  await hostPrivileges('web2', { config, part: 'agent' })
  expect(spawnSync('sh', ['-n'], { input: said })).toMatchObject({ status: 0 })
  said = ''
  await hostPrivileges('web2', { config, part: 'rule', become: 'doas' })
  expect(said).toBe('permit nopass jailops as root cmd /usr/local/libexec/jailops-agent args\n')
})

it('puts the public key into its line where it lies beside the private one, and nothing that is none', async () => {
  writeFileSync(join(folder, 'key.pub'), 'ssh-ed25519 AAAAC3Nz me@here\n')
  await hostPrivileges('web2', { config, part: 'key' })
  expect(said).toBe('restrict,command="exec sudo -n /usr/local/libexec/jailops-agent" ssh-ed25519 AAAAC3Nz me@here\n')
  said = ''
  writeFileSync(join(folder, 'key.pub'), 'ssh-ed25519 AAAAC3Nz me\nssh-ed25519 BBBB evil\n')
  await hostPrivileges('web2', { config, part: 'key' })
  expect(said).toContain('PUBLIC-KEY')
})

it('of a host where root logs in tells of a user that is yet to be made', async () => {
  await hostPrivileges('web3', { config })
  expect(said).toContain('pw useradd jailops')
  expect(said).toContain('(web3 is reached as root now; see 6.)')
  expect(said).toContain('permit nopass jailops')
})

it('of mdo says plainly that it is all of root', async () => {
  await hostPrivileges('web2', { config, become: 'mdo' })
  expect(said).toContain('ALL OF ROOT')
})

it.each([
  ['web4', {}, 'which_host'],
  ['wbe2', {}, 'unknown_host'],
  ['constructor', {}, 'unknown_host'],
  ['__proto__', {}, 'unknown_host'],
  ['web2', { become: 'su' }, 'usage'],
  ['web2', { part: '../x' }, 'usage'],
])('refuses %s %o', async (name, more, code) => {
  await expect(hostPrivileges(name, { config, ...more })).rejects.toThrow(expect.objectContaining({ code }))
  expect(said).toBe('')
})
