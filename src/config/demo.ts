import type { Layout } from '../core/layout.ts'
import { type Config, configSchema } from './schema.ts'

const reads = ['jail.list', 'jail.info', 'proxy.list', 'proxy.status', 'host.status', 'job.list', 'job.show', 'help', 'whoami']
const people = {
  ana: { name: 'Ana', note: 'operator' },
  bo: { name: 'Bo', note: 'operator, approves' },
  eve: { name: 'Eve', note: 'looks on' },
}

/** What the demo runs with: three people, one host, and every change needs a second person. */
export function demoConfig({ stateDir, layout, ports }: { stateDir: string; layout: Layout; ports: { web: number } }): Config {
  return configSchema.parse({
    state: stateDir,
    bot: {
      web: { port: ports.web, people },
    },
    host: { name: 'demo', layout },
    policy: {
      people: Object.fromEntries(Object.keys(people).map((id) => [id, [`web:user:${id}`, `shell:user:${id}`]])),
      roles: {
        operator: {
          permissions: ['jail.*', 'proxy.*', 'host.status', 'job.*', 'help', 'whoami'],
          members: ['web:user:ana', 'web:user:bo'],
        },
        approver: { permissions: ['request.approve'], members: ['web:user:bo'] },
        viewer: { permissions: reads, members: ['web:user:eve'] },
      },
      // every change, also one that somebody adds
      approvals: [{ permissions: ['*'], count: 1, expiresMinutes: 60 }],
    },
  })
}
