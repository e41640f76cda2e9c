import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { JailopsError } from '../../../src/core/errors.ts'
import type { Finding } from '../../../src/core/finding.ts'
import { layoutSchema } from '../../../src/core/layout.ts'
import { sshTargetSchema } from '../../../src/core/ssh-target.ts'
import { type CheckDeps, checkHost } from '../../../src/host/check/check-host.ts'
import { type FakeHost, type FakeShell, fakeShell, goodHost, recorded, says } from './fake-host.ts'

const layout = layoutSchema.parse({})
const target = sshTargetSchema.parse({ address: 'web2.example', knownHosts: '/etc/known_hosts' })
const now = () => 1_795_000_000_500

async function seen(
  subject: string,
  answers: FakeHost['answers'],
  more: Partial<FakeHost> = {},
  deps: Partial<CheckDeps> = {},
): Promise<Finding[]> {
  const host = goodHost()
  const shell = fakeShell({ ...host, ...more, answers: { ...host.answers, ...answers } })
  const findings = await checkHost({ shell, layout, now, redisTime: async () => now(), ...deps })
  return findings.filter((finding) => finding.subject === subject)
}

/** What the lines print in a shell, with FreeBSD's programs in a folder of our own. Undefined where there is no such shell. */
function pasted(shell: string, lines: readonly string[]): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-pasted-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const program = (name: string, text: string) => writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  program('route', String.raw`printf '   route to: default\n  interface: vtnet7\n      flags: <UP,GATEWAY>\n'`)
  for (const name of ['sysrc', 'service', 'pfctl']) program(name, `printf '<%s>\\n' "$@"`)
  const { stdout, error } = spawnSync(shell, { input: `${lines.join('\n')}\n`, env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' })
  return error === undefined ? stdout : undefined
}

describe('ZFS', () => {
  const mounts = says('zroot/ROOT/default\t/\tzfs\trw\t0 0\nzroot/jails\t/usr/jails\tzfs\trw\t0 0\n/dev/x\t/usr/jail\tufs\trw\t0 0\n')
  const loaded = { 'mount -p': mounts, 'kldstat -q -m zfs': says('') }

  it('says where the jails lie, and how the pools are', async () => {
    expect(await seen('ZFS', { ...loaded, 'zpool list -H -o name,health': says('zroot\tONLINE\n') })).toMatchObject([
      { state: 'good', says: expect.stringMatching(/lies on zfs.*pools: zroot/) },
    ])
    expect(await seen('ZFS', { ...loaded, 'zpool list -H -o name,health': says('zroot\tDEGRADED\n') })).toMatchObject([
      { state: 'warning' },
    ])
  })

  it('does not ask zpool while the module is not loaded: that would load it', async () => {
    const shell = fakeShell(goodHost())
    await checkHost({ shell, layout, now })
    expect(shell.calls.filter((call) => call.startsWith('zpool'))).toEqual([])
  })
})

describe('disk', () => {
  it.each([
    [40, ['lacks', 'lacks']],
    [600, ['lacks', 'good']],
    [2000, ['warning', 'good']],
    [9000, ['good', 'good']],
  ])('with %d MB', async (freeMegabytes, states) => {
    expect((await seen('disk', {}, { freeMegabytes })).slice(0, 2).map(({ state }) => state)).toEqual(states)
  })

  it('finds a trash that no rename reaches', async () => {
    const df =
      'Filesystem 1024-blocks Used Avail Capacity Mounted on\nzroot/jails 9 4 5 45% /usr/jails\nzroot/trash 9 4 5 45% /usr/jails/.trash\n'
    const findings = await seen('disk', { 'df -kP /usr/jails /usr/jails/.trash': says(df) })
    expect(findings[2]).toMatchObject({ state: 'lacks', says: expect.stringContaining('another filesystem') })
  })
})

describe('firewall', () => {
  it("sees ipfw's translation as it was recorded", async () => {
    expect(await seen('firewall', {})).toMatchObject([
      { state: 'good' },
      { state: 'good', says: expect.stringContaining('ipfw nat 1 config') },
    ])
  })

  it('misses it where there is no rule, or a rule without an instance', async () => {
    const open = says('00100 allow ip from any to any via lo0\n65000 allow ip from any to any\n65535 deny ip from any to any\n')
    expect((await seen('firewall', { 'ipfw list': open }))[1]).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('no nat rule'),
    })
    const unconfigured = { 'ipfw nat show config': says('') }
    expect((await seen('firewall', unconfigured))[1]).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('no nat is configured'),
    })
  })

  it('does not know what it may not see', async () => {
    const forbidden = says('', { exitCode: 69, stderr: 'ipfw: socket: Operation not permitted\n' })
    expect((await seen('firewall', { 'ipfw list': forbidden }))[1]).toMatchObject({
      state: 'unknown',
      says: expect.stringContaining('Operation not permitted'),
    })
  })

  it('knows pf', async () => {
    const pf = {
      'kldstat -q -m ipfw': says('', { exitCode: 1 }),
      'kldstat -q -m pf': says(''),
      'sysrc -n pf_enable': says('YES\n'),
      'sysrc -n firewall_enable': says('NO\n'),
    }
    const nat = says('nat on vtnet0 inet from 10.0.0.0/24 to any -> (vtnet0) round-robin\n')
    expect(await seen('firewall', { ...pf, 'pfctl -s nat': nat })).toMatchObject([
      { state: 'good' },
      { state: 'good', says: expect.stringContaining('nat on vtnet0') },
    ])
    expect(await seen('firewall', { ...pf, 'pfctl -s nat': says('') })).toMatchObject([{ state: 'good' }, { state: 'warning' }])
  })

  describe('remedies can be pasted', () => {
    const none = says('', { exitCode: 1 })
    const open = says('65535 allow ip from any to any\n')
    const pf = { 'kldstat -q -m ipfw': none, 'kldstat -q -m pf': says(''), 'pfctl -s nat': says('') }

    it.for<[string, string, FakeHost['answers']]>([
      ['sh', 'ipfw', { 'ipfw list': open }],
      ['csh', 'ipfw', { 'ipfw list': open }],
      ['sh', 'pf', pf],
      ['csh', 'pf', pf],
    ])('into %s, for %s, and mean the interface that leads outside', async ([shell, name, answers], { skip }) => {
      const remedy = (await seen('firewall', answers)).find(({ says: what }) => what.includes('no nat rule'))?.remedy ?? []
      expect(remedy.filter((line) => line.includes('#') && !/^# [\w ,:./]+$/.test(line))).toEqual([])

      const printed = pasted(shell, remedy)

      if (printed === undefined) skip(`${shell} is not installed`)
      expect(printed).toContain(
        name === 'ipfw' ? '<firewall_nat_interface=vtnet7>' : 'nat on vtnet7 inet from 10.0.0.0/24 to any -> (vtnet7)',
      )
    })

    it('and none sets a variable, which csh does otherwise than sh', async () => {
      const findings = await Promise.all([seen('firewall', { 'ipfw list': open }), seen('firewall', pf)])
      expect(findings.flat().flatMap(({ remedy = [] }) => remedy.filter((line) => /^[A-Z]+=|em0/.test(line)))).toEqual([])
    })
  })

  it('warns of what will deny everything at the next start', async () => {
    const unset = recorded('03-sysrc', 'sysrc -n nosuch_var')
    expect((await seen('firewall', { 'sysrc -n firewall_type': unset })).at(-1)).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('denies everything'),
    })
    expect((await seen('firewall', { 'sysrc -n firewall_type': says('closed\n') })).at(-1)).toMatchObject({ state: 'warning' })
    expect(
      await seen('firewall', { 'sysrc -n firewall_type': says('closed\n'), 'sysrc -n firewall_script': says('/etc/ipfw.rules\n') }),
    ).toHaveLength(2)
  })
})

describe('HAProxy', () => {
  it.each([
    ['HA-Proxy version 2.2.9-2 2021/05/03', 'lacks'],
    ['HAProxy version 2.6.12-1+deb12u3 2025/10/03', 'good'],
    ['garbage', 'unknown'],
  ])('%s is %s', async (text, state) => {
    expect((await seen('HAProxy', { 'haproxy -v': says(`${text}\n`) }))[0]).toMatchObject({ state })
  })

  it('says that its socket is silent, and that it is not set up yet', async () => {
    const { haproxy: _, ...silent } = goodHost()
    const ask = async (answers: FakeHost['answers']) => {
      const shell = fakeShell({ ...silent, answers: { ...silent.answers, ...answers } })
      return (await checkHost({ shell, layout, now })).filter(({ subject }) => subject === 'HAProxy')[1]
    }
    expect(await ask({})).toMatchObject({ state: 'lacks', remedy: [expect.anything(), 'service haproxy restart'] })
    expect(await ask({ 'sysrc -n haproxy_enable': says('NO\n') })).toMatchObject({ state: 'good' })
  })

  it.each(['YES', 'NO'])('finds who stands where it is to listen, switched on: %s', async (enabled) => {
    const { haproxy: _, ...silent } = goodHost()
    const answers = { ...silent.answers, 'sysrc -n haproxy_enable': says(`${enabled}\n`) }
    const web = `${layout.haproxy.bindAddress}:${layout.haproxy.bindPort}`
    const findings = await checkHost({ shell: fakeShell({ ...silent, answers, web }), layout, now })
    expect(findings.filter(({ subject }) => subject === 'HAProxy').at(-1)).toMatchObject({
      state: 'lacks',
      says: expect.stringContaining(`Something else answers at ${web} (with 403)`),
    })
  })

  it('that answers at its socket is what listens there', async () => {
    const web = `${layout.haproxy.bindAddress}:${layout.haproxy.bindPort}`
    expect((await seen('HAProxy', {}, { web })).map(({ state }) => state)).toEqual(['good', 'good'])
  })
})

describe('securelevel', () => {
  it.each([
    ['-1', 'good', /hinders nothing/],
    ['1', 'warning', /kernel modules may not be loaded or unloaded/],
    ['2', 'warning', /time changes/],
    ['3', 'warning', /IP packet filter rules cannot be changed/],
    ['abc', 'unknown', /not known/],
  ])('%s is %s', async (level, state, words) => {
    const [finding] = await seen('securelevel', { 'sysctl -n kern.securelevel': says(`${level}\n`) })
    expect(finding).toMatchObject({ state, says: expect.stringMatching(words) })
  })
})

function hostAt(seconds: number): FakeHost['answers'] {
  return { 'date -u +%s': says(`${1_795_000_000 + seconds}\n`) }
}

/** What is seen of a clock whose answer took ten seconds. */
function afterTenSeconds(seconds: number): Promise<Finding[]> {
  const times = [1_795_000_000_000, 1_795_000_010_000]
  return seen('clock', hostAt(seconds), {}, { target, now: () => times.shift() ?? 0 })
}

describe('clock', () => {
  it.each([
    [0, 'good'],
    [4, 'good'],
    [-7, 'warning'],
    [7, 'warning'],
    [-20, 'lacks'],
    [3600, 'lacks'],
  ])('of a host that is %d s off', async (seconds, state) => {
    expect(await seen('clock', hostAt(seconds), {}, { target })).toMatchObject([{ state }])
  })

  it('takes half of the way there and back off', async () => {
    const times = [1_795_000_000_000, 1_795_000_004_000]
    const slow = () => times.shift() ?? 0
    expect(await seen('clock', hostAt(2), {}, { target, now: slow })).toMatchObject([
      { state: 'good', says: expect.stringContaining('± 2.5 s') },
    ])
  })

  it('does not judge by an answer that took too long, unless it is surely wrong', async () => {
    expect(await afterTenSeconds(12)).toMatchObject([{ state: 'unknown' }])
    expect(await afterTenSeconds(100)).toMatchObject([{ state: 'lacks' }])
  })

  it("compares the worker's own machine with Redis, or says that it did not", async () => {
    expect(await seen('clock', {}, {}, { redisTime: async () => now() - 8000 })).toMatchObject([
      { state: 'warning', says: expect.stringContaining('8.0 s ahead of Redis') },
    ])
    const shell = fakeShell(goodHost())
    expect((await checkHost({ shell, layout, now })).at(-1)).toMatchObject({ state: 'unknown', says: expect.stringContaining('no Redis') })
    expect(await seen('clock', {}, {}, { redisTime: async () => Promise.reject(new Error('gone')) })).toMatchObject([{ state: 'unknown' }])
  })
})

const lost = () => Promise.reject(new JailopsError('connection_lost', 'The connection was lost.'))

describe('a host whose connection is lost', () => {
  it.each<[string, Partial<FakeShell>]>([
    ['while a program runs', { run: lost }],
    ['while a folder is read', { list: lost }],
    ['while HAProxy is asked', { exchange: lost }],
  ])('%s is not told of', async (_, broken) => {
    const shell = { ...fakeShell(goodHost()), ...broken }
    await expect(checkHost({ shell, layout, now, target })).rejects.toMatchObject({ code: 'connection_lost' })
  })
})

describe('a host that answers nonsense', () => {
  const good = goodHost()
  const lines = Object.keys(good.answers)
  const everything = (stdout: string, more = {}) => Object.fromEntries(lines.map((line) => [line, says(stdout, more)]))

  it.each([
    ['nothing', everything('')],
    ['failures', everything('', { exitCode: 1, stderr: 'no\n' })],
    ['time-outs', everything('', { timedOut: true })],
    ['signals', everything('', { exitCode: undefined })],
    ['100 kB', everything('x'.repeat(100_000))],
    ['100 kB of lines', everything('0 nat 1 \t/a b c 1 2 3 4% /\n'.repeat(4000))],
    ['control characters', everything('\u001b[2J\u0007\u202Eevil\u0000\n\n\tinet 999.0.0.1\n')],
  ])('%s never throws, and is told in one short plain line each', async (_, answers) => {
    const findings = await checkHost({ shell: fakeShell({ ...good, answers, haproxy: 'x'.repeat(100_000) }), layout, now, target })
    expect(findings.length).toBeGreaterThanOrEqual(14)
    for (const { says: sentence } of findings) {
      expect(sentence.length).toBeLessThan(700)
      expect(sentence).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    }
  })
})
