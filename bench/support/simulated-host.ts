import { setTimeout as delay } from 'node:timers/promises'
import { JailopsError } from '../../src/core/errors.ts'
import type { Shell, ShellResult } from '../../src/host/shell.ts'

/** What each look at the host takes, as over ssh in one data centre. */
const lookMilliseconds = 5
const jailsOfEach = 4

/** A FreeBSD host with a few jails that somebody else made, as far as `/jail list` looks at it. */
export function simulatedHost(number: number): Shell {
  const jail = Array.from({ length: jailsOfEach }, (_, index) => ({
    jid: index + 1,
    hostname: `jail-${index}.host-${number}`,
    path: `/usr/jails/jail-${index}`,
    name: `jail-${index}`,
    state: 'ACTIVE',
    cpusetid: index + 2,
    ipv4_addrs: [`10.0.0.${index + 2}`],
    ipv6_addrs: [],
  }))
  const answers: Record<string, string> = {
    'jls --libxo json -v': JSON.stringify({ __version: '2', 'jail-information': { jail } }),
    'sysrc -n jail_list': '\n',
    'sysrc -n jail_enable': 'YES\n',
    'sysrc -n haproxy_enable': 'NO\n',
    'freebsd-version': '15.1-RELEASE\n',
    uptime: ' 4:20AM  up 3 days,  2:10, 0 users, load averages: 0.24, 0.26, 0.64\n',
    'sysctl -n kern.securelevel': '-1\n',
  }
  return {
    async run({ argv }): Promise<ShellResult> {
      const stdout = answers[argv.join(' ')]
      return after({ exitCode: stdout === undefined ? 1 : 0, stdout: stdout ?? '', stderr: '', timedOut: false, truncated: false })
    },
    readFile: () => after(undefined),
    stat: () => after(undefined),
    list: () => after([]),
    freeMegabytes: () => after(50_000),
    exchange: refuse,
    httpGet: refuse,
    writeFile: refuse,
    writeDraft: refuse,
    placeDraft: refuse,
    settle: refuse,
    removeDraft: refuse,
    removeFile: refuse,
    move: refuse,
    makeFolder: refuse,
    removeFolder: refuse,
    endGroup: refuse,
    stop: async () => undefined,
  }
}

function after<T>(value: T): Promise<T> {
  return delay(lookMilliseconds, value)
}

async function refuse(): Promise<never> {
  throw new JailopsError('step_failed', 'A simulated host is only looked at.')
}
