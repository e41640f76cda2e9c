import { didYouMean } from '../core/suggest.ts'
import type { Remark } from './policy-problems.ts'
import type { Config } from './schema.ts'

/** Names of hosts that lead nowhere, or to two places. */
export function hostProblems({ bot, host, hosts }: Config): Remark[] {
  const names = Object.keys(hosts)
  const problems: Remark[] = []
  for (const [channel, { host: wanted }] of Object.entries(bot.channels)) {
    if (names.includes(wanted)) continue
    problems.push({
      path: ['bot', 'channels', channel, 'host'],
      message: `there is no host ${wanted}.${didYouMean(wanted, names)} It must stand under hosts.`,
    })
  }
  if (host !== undefined && hosts[host.name]?.ssh !== undefined) {
    problems.push({ path: ['hosts', host.name, 'ssh'], message: 'is this machine itself (see host), which its worker needs no ssh for' })
  }
  return problems
}
