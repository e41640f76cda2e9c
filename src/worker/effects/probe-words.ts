import type { Probe } from '../../core/step.ts'
import type { Shell } from '../../host/shell.ts'
import type { Standing } from './effect.ts'
import { holds } from './probes.ts'

export async function probeStanding(shell: Shell, probe: Probe): Promise<Standing> {
  if (probe.kind !== 'journal-only') return (await holds(shell, probe)) ? 'done' : 'not'
  return (await holds(shell, { kind: 'path', path: probe.path, exists: false })) ? 'not' : 'half'
}

/** What was expected, as the subject of a sentence. */
export function probeWords(probe: Probe): string {
  switch (probe.kind) {
    case 'jail':
      return `"jail ${probe.name} ${probe.running ? 'runs' : 'is stopped'}"`
    case 'path':
      return `"${probe.path} ${probe.exists ? 'exists' : 'is gone'}"`
    case 'journal-only':
      return `"${probe.path} is complete"`
    case 'command':
      return `"${probe.argv.join(' ')} answers as expected"`
    case 'http':
      return `"http://${probe.address}:${probe.port}${probe.path} answers ${probe.statusFrom}-${probe.statusTo} for ${probe.hostHeader}"`
    case 'haproxy-backend':
      return `"HAProxy has ${probe.server === null ? 'no' : 'the'} backend ${probe.backend}${probe.server === null ? '' : ` at ${probe.server}`}"`
    case 'proxy-sessions':
      return `"${probe.server} of ${probe.backend} has at most ${probe.atMost} sessions"`
    case 'certificate':
      return `"${probe.serverName} is shown the certificate of ${probe.path} at ${probe.address}:${probe.port}"`
    case 'haproxy-server-up':
      return `"HAProxy's own check finds ${probe.server} of ${probe.backend} alive"`
    case 'no-mounts':
      return `"nothing is mounted below ${probe.path}"`
    case 'free-space':
      return `"${probe.megabytes} MB are free at ${probe.path}"`
  }
}
