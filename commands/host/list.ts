import { z } from 'zod'
import { defineCommand, type HostSummary } from 'jailops'

export default defineCommand({
  path: 'host list',
  summary: 'All hosts, how they are and when they were last heard of',
  permission: 'host.list',
  risk: 'bot',
  args: z.object({}),
  async answer({ hosts, version }) {
    const others = hosts.flatMap(({ name, heartbeat }) =>
      heartbeat === undefined || heartbeat.version === version ? [] : [`${name} (${heartbeat.version})`],
    )
    const here = hosts.filter(({ isHere }) => isHere).length
    const remarks = [
      ...(hosts.length === 0 ? ['/host add says how to add one.'] : []),
      ...(others.length > 0
        ? [
            `Other versions than the bot's (${version}): ${others.join(', ')}. Commands that differ between them are refused: install the same jailops everywhere.`,
          ]
        : []),
      ...hosts.flatMap(({ name, isHere, problem }) =>
        isHere && problem !== undefined ? [`${name} cannot say what it has, so its jails and sites are those of before: ${problem}`] : [],
      ),
    ]
    return {
      title: hosts.length === 0 ? 'No hosts yet' : `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}, ${here} here`,
      ...(remarks.length > 0 && { text: remarks.join('\n') }),
      table: {
        columns: ['Host', 'State', 'FreeBSD', 'jailops', 'Load', 'Jails', 'Sites', 'Last seen', 'Reached by'],
        rows: hosts.map(rowOf),
      },
    }
  },
})

function rowOf(host: HostSummary): string[] {
  const { name, heartbeat, jails, sites, seenAgoSeconds } = host
  const wasHeard = seenAgoSeconds !== undefined
  return [
    name,
    stateOf(host),
    heartbeat?.system.replace(/^FreeBSD /, '') ?? '-',
    heartbeat?.version ?? '-',
    heartbeat?.load.toFixed(2) ?? '-',
    wasHeard ? jailsOf(jails, heartbeat?.jailsRunning) : '-',
    wasHeard ? String(sites) : '-',
    wasHeard ? agoText(seenAgoSeconds) : '-',
    heartbeat?.reachedBy ?? '-',
  ]
}

function stateOf({ seenAt, seenAgoSeconds, isHere, isAway, problem }: HostSummary): string {
  if (seenAgoSeconds === undefined) return isAway ? 'never heard of' : 'not heard of yet'
  if (isHere) return problem === undefined ? 'here' : 'here, in trouble'
  return isAway ? `away since ${new Date(seenAt).toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'not heard of since the bot started'
}

function jailsOf(all: number, running: number | undefined): string {
  return running === undefined ? String(all) : `${running} running of ${all}`
}

function agoText(seconds: number): string {
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / (24 * 3600))} days ago`
}
