import { z } from 'zod'
import { backendOf, defineCommand, siteName, visible } from 'jailops'
import type { Facts, LogLine } from 'jailops'

export default defineCommand({
  path: 'proxy log',
  summary: 'The last requests, of a site or of all',
  permission: 'proxy.log',
  risk: 'read',
  example: 'proxy log blog.example.com lines:50',
  needs: ['jails', 'proxy', 'proxyLog'],
  args: z.object({
    site: siteName.optional().describe('all if not given'),
    lines: z.int().min(1).max(500).default(30).describe('30 if not given'),
  }),
  query({ args, facts }) {
    if (args.site !== undefined) facts.route(args.site)
    const all = facts.proxyLog.filter(({ site }) => args.site === undefined || site === args.site)
    const last = all.slice(-args.lines)
    const of = args.site === undefined ? '' : ` of ${args.site}`
    if (last.length === 0) {
      return {
        title: `No requests${of} are remembered`,
        text: whyNone(facts),
      }
    }
    return {
      title: `The last ${last.length} requests${of}`,
      text: last.map((line) => lineText(facts, line, args.site === undefined)).join('\n'),
    }
  },
})

function whyNone({ proxy }: Facts): string {
  if (proxy.theirs !== undefined)
    return `The host's own ${proxy.theirs.path} says where requests are logged, and jailops keeps none of them beside that.`
  if (proxy.kind === 'nginx')
    return 'nginx logs each request, and the worker keeps of that the last ten thousand or so. Before the first /proxy add there is no log.'
  return proxy.running
    ? 'The last few thousand requests of all sites are kept, over reloads too, until the proxy or the worker is started anew. What was asked for hosts that nobody has (421) is not.'
    : 'The proxy is not running, and it keeps its log in its memory.'
}

/** `2026-11-26 05:01:39 203.0.113.9 200 12 ms blog GET /path` */
function lineText(facts: Facts, line: LogLine, withSite: boolean): string {
  const { at, client, status, milliseconds, host, method, path } = line
  const moment = new Date(at).toISOString().slice(0, 19).replace('T', ' ')
  const words = [moment, client, String(status), `${milliseconds} ms`, whoAnswered(facts, line), ...(withSite ? [host] : []), method]
  return `${visible(words.join(' '))} ${shortened(visible(path))}`
}

/** A spare backend is one jail's after another's: who has it now did not answer for sites that do not lead there. */
function whoAnswered({ proxy }: Facts, { backend, server, ended, site }: LogLine): string {
  const leadsThere = proxy.routes.some((route) => route.backend === backend && route.host === site)
  const targets = leadsThere ? (proxy.backends.find(({ name }) => name === backend)?.targets ?? []) : []
  const jail = targets.length === 1 ? targets[0]?.jail : targets.find((one) => one.jail === server)?.jail
  const who = jail ?? backend.replace(new RegExp(`^${backendOf('')}`), '')
  if (server === '<NOSRV>') return proxy.backends.some(({ name }) => name === backend) ? `${who}(nobody)` : 'front'
  return ended === '--' ? who : `${who}(${ended})`
}

function shortened(path: string): string {
  return path.length > 120 ? `${path.slice(0, 119)}…` : path
}
