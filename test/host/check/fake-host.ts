import { readFileSync } from 'node:fs'
import { dirname } from 'node:path/posix'
import { JailopsError } from '../../../src/core/errors.ts'
import type { PathStatus, Shell, ShellResult } from '../../../src/host/shell.ts'

/** One call of a recorded session on FreeBSD 15.1: what it printed and its exit code. */
export function recorded(session: string, command: string): ShellResult {
  const text = readFileSync(new URL(`../../fixtures/freebsd-15.1/${session}.txt`, import.meta.url), 'utf8')
  const begin = text.indexOf(`$ ${command}\n`)
  const end = text.indexOf('\n[rc=', begin)
  if (begin === -1 || end === -1) throw new Error(`${session} has no ${command}`)
  const code = Number(/^\n\[rc=(\d+)\]/.exec(text.slice(end))?.[1])
  const said = text.slice(begin + command.length + 3, end + 1)
  return code === 0 ? says(said) : says('', { exitCode: code, stderr: said })
}

export function says(stdout: string, more: Partial<ShellResult> = {}): ShellResult {
  return { exitCode: 0, stdout, stderr: '', timedOut: false, truncated: false, ...more }
}

export interface FakeHost {
  /** By the whole command line. A program that is nowhere in them is not installed. */
  answers: Record<string, ShellResult>
  /** Content by path; a path that ends in / is a folder. */
  files: Record<string, string>
  /** Permission bits; 0o755 where nothing is said. */
  modes?: Record<string, number>
  freeMegabytes?: number
  /** What HAProxy's socket answers to `show info`. */
  haproxy?: string
  /** What answers by HTTP, as ADDRESS:PORT. */
  web?: string
  extraPrograms?: string[]
}

/** Argv of which each begins with one of these changes nothing, by the programs' manuals. */
const readOnly = [
  'uname -s',
  'freebsd-version',
  'sysctl -n',
  'id -u',
  'jail -f /etc/jail.conf -e',
  'jail -f /etc/jail.conf.d/',
  'sysrc -n',
  'ifconfig -l',
  'ifconfig -a',
  'mount -p',
  'kldstat -q -m',
  'zpool list -H',
  'ipfw list',
  'ipfw nat show config',
  'pfctl -s nat',
  'haproxy -v',
  'realpath',
  'pkg -N',
  'df -kP',
  'date -u +%s',
  'bastille -v',
  'sysrc -f /usr/local/etc/bastille/bastille.conf -n',
  'bastille list -j',
  'iocage -v',
  'ezjail-admin',
]

export interface FakeShell extends Shell {
  calls: string[]
}

function refuse(what: string): () => Promise<never> {
  return async () => {
    throw new Error(`a check must not change anything: ${what}`)
  }
}

/** A host that says what it was told to, and a Shell that lets nobody change anything. */
export function fakeShell(host: FakeHost): FakeShell {
  const calls: string[] = []
  const programs = [...new Set(Object.keys(host.answers).map((line) => line.split(' ')[0] ?? '')), ...(host.extraPrograms ?? [])]
  const paths = [...Object.keys(host.files), ...programs.map((name) => `/usr/bin/${name}`)]
  const statusOf = (path: string): PathStatus | undefined => {
    const isFolder = paths.some((one) => one.startsWith(`${path}/`))
    if (!isFolder && !paths.includes(path)) return undefined
    const mode = host.modes?.[path] ?? 0o755
    return { kind: isFolder ? 'folder' : 'file', size: host.files[path]?.length ?? 0, mode, modifiedAt: 0 }
  }
  return {
    calls,
    run: async ({ argv }) => {
      const line = argv.join(' ')
      calls.push(line)
      const isHarmless = readOnly.some((prefix) => line === prefix || line.startsWith(prefix.endsWith('/') ? prefix : `${prefix} `))
      if (!isHarmless) throw new Error(`a check must not run ${line}`)
      const answer = host.answers[line.replaceAll('\u001f', '|')]
      if (answer !== undefined) return answer
      if (programs.includes(argv[0] ?? '')) return says('', { exitCode: 1, stderr: `${argv[0]}: not told what to say\n` })
      throw new JailopsError('step_failed', `This host has no program ${argv[0]}; looked in /usr/bin.`)
    },
    readFile: async (path) => host.files[path],
    list: async (folder) =>
      paths.filter((path) => dirname(path) === folder && !path.endsWith('/')).map((path) => path.slice(folder.length + 1)),
    stat: async (path) => statusOf(path),
    freeMegabytes: async () => host.freeMegabytes ?? 50_000,
    exchange: async (socket, text) => {
      calls.push(`${socket}: ${text.trim()}`)
      if (text !== 'show info\n') throw new Error(`a check must not say ${text}`)
      if (host.haproxy === undefined) throw new JailopsError('step_failed', `Nobody answers at ${socket}.`)
      return host.haproxy
    },
    httpGet: async ({ address, port }) => {
      if (host.web === `${address}:${port}`) return { status: 403, body: '' }
      throw new JailopsError('step_failed', `http://${address}:${port}/ did not answer: connection refused.`)
    },
    writeFile: refuse('writeFile'),
    writeDraft: refuse('writeDraft'),
    placeDraft: refuse('placeDraft'),
    settle: refuse('settle'),
    removeDraft: refuse('removeDraft'),
    removeFile: refuse('removeFile'),
    move: refuse('move'),
    makeFolder: refuse('makeFolder'),
    removeFolder: refuse('removeFolder'),
    endGroup: refuse('endGroup'),
    stop: async () => undefined,
  }
}

const unset = (name: string) => says('', { exitCode: 1, stderr: `sysrc: unknown variable '${name}'\n` })

/** A FreeBSD 15.1 as it was recorded, with all that jailops needs. */
export function goodHost(): FakeHost {
  return {
    answers: {
      'uname -s': says('FreeBSD\n'),
      'freebsd-version': says('15.1-RELEASE-p1\n'),
      'sysctl -n security.jail.jailed': says('0\n'),
      'sysctl -n kern.securelevel': says('-1\n'),
      'sysctl -n net.inet.ip.fw.default_to_accept': says('0\n'),
      'id -u': says('0\n'),
      'jail -f /etc/jail.conf -e |': says('name=mail|path=/usr/jails/mail|persist\n'.replaceAll('|', '\u001f')),
      'sysrc -n jail_enable': recorded('03-sysrc', 'sysrc -n jail_enable'),
      'sysrc -n cloned_interfaces': says('lo1\n'),
      'sysrc -n firewall_enable': says('YES\n'),
      'sysrc -n firewall_type': says('open\n'),
      'sysrc -n firewall_script': says('/etc/rc.firewall\n'),
      'sysrc -n pf_enable': says('NO\n'),
      'sysrc -n haproxy_enable': says('YES\n'),
      'sysrc -n haproxy_config': says('/usr/local/etc/haproxy.d\n'),
      'ifconfig -l': recorded('01-ifconfig-jail-jls-jexec', 'ifconfig -l'),
      'ifconfig -a': recorded('01-ifconfig-jail-jls-jexec', 'ifconfig lo1'),
      'mount -p': says('/dev/vtbd0\t\t/\t\t\tufs\trw\t\t1 1\ndevfs\t\t\t/dev\t\t\tdevfs\trw\t\t0 0\n'),
      'kldstat -q -m ipfw': recorded('02-ipfw-nat', 'kldstat -q -m ipfw'),
      'kldstat -q -m pf': says('', { exitCode: 1 }),
      'kldstat -q -m zfs': says('', { exitCode: 1 }),
      'ipfw list': recorded('02-ipfw-nat', 'ipfw list'),
      'ipfw nat show config': says('ipfw nat 1 config if vtnet0 same_ports reset redirect_port tcp 10.0.0.2:80 8080\n'),
      'haproxy -v': says('HAProxy version 3.2.15-04ef5c6 2026/04/12 - https://haproxy.org/\nStatus: long-term supported branch\n'),
      'pkg -N': says('pkg: 12 packages installed\n'),
      'df -kP /usr/jails /usr/jails/.trash': says(
        'Filesystem 1024-blocks    Used   Avail Capacity  Mounted on\n/dev/vtbd0     10150108 4200000 5138100    45%    /\n/dev/vtbd0     10150108 4200000 5138100    45%    /\n',
      ),
      'date -u +%s': says('1795000000\n'),
    },
    files: {
      '/etc/jail.conf': 'mail { path = /usr/jails/mail; persist; }\n',
      '/etc/jail.conf.d/': '',
      '/usr/jails/.base/etc/rc': '#!/bin/sh\n',
      '/usr/jails/.trash/': '',
    },
    modes: { '/usr/jails': 0o700 },
    haproxy: 'Name: HAProxy\nVersion: 3.2.15-04ef5c6\nUptime_sec: 12\n',
    extraPrograms:
      'jls jexec fsync sh env uname id ps stat ls cat dd wc head tail awk find df nc sleep mkfifo mkdir rmdir mv ln rm chmod chown'.split(
        ' ',
      ),
  }
}

/** An empty rc.conf, nothing loaded, nothing installed beyond the base system. */
export function bareHost(): FakeHost {
  const good = goodHost()
  const variables = Object.keys(good.answers).filter((line) => line.startsWith('sysrc '))
  const without = new Set(['haproxy -v', 'ipfw list', 'ipfw nat show config'])
  return {
    answers: {
      ...Object.fromEntries(Object.entries(good.answers).filter(([line]) => !without.has(line))),
      ...Object.fromEntries(variables.map((line) => [line, unset(line.slice('sysrc -n '.length))])),
      'sysrc -n jail_enable': says('NO\n'),
      'ifconfig -l': says('vtnet0 lo0\n'),
      'ifconfig -a': says('vtnet0: flags=1008843<UP>\n\tinet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255\n'),
      'kldstat -q -m ipfw': recorded('02-ipfw-nat', 'kldstat -q -m ipfw_nat'),
      'pkg -N': says('', { exitCode: 1, stderr: 'pkg: pkg is not installed\n' }),
      'df -kP /usr /usr': says(
        'Filesystem 1024-blocks Used Avail Capacity Mounted on\n/dev/vtbd0 100 50 50 50% /\n/dev/vtbd0 100 50 50 50% /\n',
      ),
    },
    files: { '/etc/rc.conf': '', '/usr/bin/': '' },
    freeMegabytes: 40,
    extraPrograms: ['jls', 'jexec', 'sh'],
  }
}
