import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layoutSchema } from '../../src/core/layout.ts'
import { sshTargetSchema } from '../../src/core/ssh-target.ts'
import { type Become, type Privileges, privilegesOf } from '../../src/host/privileges.ts'
import { keptAgentPath } from '../../src/host/ssh/agent.ts'
import { makeKey } from '../support/sshd.ts'

const layout = layoutSchema.parse({})

function of(become: Become, user = 'jailops', publicKey?: string): Privileges {
  return privilegesOf(
    sshTargetSchema.parse({ address: 'web2.example', user, become, knownHosts: '/etc/known_hosts' }),
    layout,
    become,
    publicKey,
  )
}

/** Names that the configuration takes, and that a rule file might read as something else. */
const users = ['jailops', 'jail-ops', 'jail.ops', 'permit', 'nopass', 'args', '_jailops', 'a'.repeat(32)]

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'jailops-rules-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, text: string, mode: number): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode })
  return path
}

const doas = ['/usr/bin/doas', '/usr/local/bin/doas'].find((path) => existsSync(path))
const visudo = ['/usr/sbin/visudo', '/usr/local/sbin/visudo'].find((path) => existsSync(path))

describe('the rule', () => {
  it('of doas has nothing behind args: no argument at all', () => {
    expect(of('doas').rule.text).toBe(`permit nopass jailops as root cmd ${keptAgentPath} args\n`)
    expect(of('doas', 'args').rule.text).toBe(`permit nopass "args" as root cmd ${keptAgentPath} args\n`)
  })

  it("passes doas's own check, and fits the agent without arguments only", (context) => {
    if (doas === undefined) return context.skip('doas is not installed')
    const me = userInfo().username
    const ask = (user: string, ...words: string[]) => {
      const file = put(`doas-${words.length}.conf`, of('doas', user).rule.text, 0o600)
      return spawnSync(doas, ['-C', file, ...words], { encoding: 'utf8' })
    }
    for (const user of users) expect(ask(user)).toMatchObject({ status: 0, stderr: '' })
    // the user of this process stands for jailops
    expect(ask(me, keptAgentPath).stdout.trim()).toBe('permit nopass')
    expect(ask(me, keptAgentPath, '-x').stdout.trim()).toBe('deny')
    expect(ask(me, '/bin/sh').stdout.trim()).toBe('deny')
    expect(ask('somebodyelse', keptAgentPath).stdout.trim()).toBe('deny')
  })

  it("passes visudo's own check", (context) => {
    if (visudo === undefined) return context.skip('sudo is not installed')
    for (const user of users) {
      const file = put('sudoers', of('sudo', user).rule.text, 0o440)
      expect(spawnSync(visudo, ['-cf', file], { encoding: 'utf8' })).toMatchObject({ status: 0 })
      rmSync(file)
    }
  })

  it('of sudo takes no arguments and no variables, and stands in a file that sudo reads', () => {
    const { rule } = of('sudo')
    expect(rule.text).toBe(`jailops ALL=(root) NOPASSWD: NOSETENV: ${keptAgentPath} ""\n`)
    // names with a dot are passed over
    expect(rule.path.split('/').at(-1)).not.toContain('.')
  })

  it('of mdo names the user by number', () => {
    const { rule } = of('mdo')
    expect(rule.text).toContain('security.mac.do.rules=uid=UID>uid=0,gid=*,+gid=*\n')
    expect(rule.install.join('\n')).toContain('uid=$(id -u jailops)>uid=0')
  })
})

describe('the key', () => {
  it.each([
    ['doas', 'exec doas -n /usr/local/libexec/jailops-agent'],
    ['sudo', 'exec sudo -n /usr/local/libexec/jailops-agent'],
    ['mdo', 'exec mdo -u root /usr/local/libexec/jailops-agent'],
  ] as const)('starts the agent by %s and nothing else', (become, command) => {
    expect(of(become, 'jailops', 'ssh-ed25519 AAAA me').key).toBe(`restrict,command="${command}" ssh-ed25519 AAAA me`)
  })

  it('passes the check of ssh-keygen', (context) => {
    if (!existsSync('/usr/bin/ssh-keygen')) return context.skip('ssh-keygen is not installed')
    const key = join(folder, 'key')
    makeKey(key)
    const line = of('doas', 'jailops', readFileSync(`${key}.pub`, 'utf8').trim()).key
    expect(spawnSync('/usr/bin/ssh-keygen', ['-lf', put('authorized_keys', `${line}\n`, 0o600)])).toMatchObject({ status: 0 })
  })
})

describe('the agent', () => {
  it('is a whole sh program that knows what it may start and where it may write', () => {
    const { agent } = of('doas')
    expect(agent.startsWith('#!/bin/sh\n')).toBe(true)
    expect(spawnSync('sh', ['-n'], { input: agent })).toMatchObject({ status: 0 })
    expect(agent).toMatch(/^any_program=''$/m)
    expect(agent).toMatch(/^any_root=''$/m)
    expect(agent).toMatch(/^allowed_programs='[^']*\/usr\/sbin\/jail:[^']*'$/m)
    expect(agent).toMatch(
      /^writable_roots='\/usr\/jails:\/usr\/local\/bastille\/jails:\/etc\/jail\.conf\.d:\/usr\/local\/etc\/haproxy\.d:\/usr\/local\/etc\/haproxy\.conf:\/usr\/local\/etc\/ezjail:\/iocage\/jails:\/etc\/fstab\.\*:\/etc\/rctl\.conf'$/m,
    )
  })

  it('may not write where it would be root for good', () => {
    const { folders } = of('doas')
    const dangerous = [
      '/etc/rc.conf',
      keptAgentPath,
      '/usr/local/etc/doas.conf',
      '/usr/local/etc/sudoers.d/jailops',
      '/root/.ssh/authorized_keys',
      '/home/jailops/.ssh',
    ]
    for (const path of dangerous) expect(folders.some((one) => path.startsWith(`${one.path}/`) || path === one.path)).toBe(false)
  })
})
