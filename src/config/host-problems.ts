import { didYouMean } from '../core/suggest.ts'
import type { Remark } from './policy-problems.ts'
import type { Config } from './schema.ts'

/** Names of hosts that lead nowhere, or to two places. */
export function hostProblems({ bot, host, hosts }: Config): Remark[] {
  const names = Object.keys(hosts)
  const problems = namedLikeTheBot({ bot, host, hosts })
  for (const [channel, { host: wanted }] of Object.entries(bot.channels)) {
    if (names.includes(wanted)) continue
    problems.push({
      path: ['bot', 'channels', channel, 'host'],
      message: `there is no host ${wanted}.${didYouMean(wanted, names)} It must stand under hosts.`,
    })
  }
  if (host !== undefined && Object.hasOwn(hosts, host.name) && hosts[host.name]?.ssh !== undefined) {
    problems.push({ path: ['hosts', host.name, 'ssh'], message: 'is this machine itself (see host), which its worker needs no ssh for' })
  }
  return problems
}

/** By its name each signs, is trusted and is written to: of two with one name nobody could say which is meant. */
function namedLikeTheBot({ bot: { name }, host, hosts }: Pick<Config, 'bot' | 'host' | 'hosts'>): Remark[] {
  const message = `the bot itself is named ${name}; choose another name for the host, or another bot.name`
  if (host?.name === name) return [{ path: ['host', 'name'], message }]
  return Object.hasOwn(hosts, name) ? [{ path: ['hosts', name], message, isName: true }] : []
}

/** What is well for a worker alone, and hardly meant where the bot reads the same file. */
export function hostWarnings({ host, hosts }: Config): Remark[] {
  if (host === undefined || Object.hasOwn(hosts, host.name)) return []
  const message = `is not under hosts, so a bot with this file does not know it. Add it there, as ${host.name}: {}${didYouMean(host.name, Object.keys(hosts))}`
  return [{ path: ['host', 'name'], message }]
}
