import { JailopsError } from '../core/errors.ts'
import type { Layout } from '../core/layout.ts'
import { type Policy, policySchema } from '../core/policy.ts'
import { type Config, configSchema } from './schema.ts'

const reads = [
  'jail.list',
  'jail.info',
  'jail.audit',
  'proxy.list',
  'proxy.show',
  'proxy.status',
  'proxy.graph',
  'proxy.history',
  'proxy.test',
  'proxy.https.list',
  'release.list',
  'host.status',
  'host.list',
  'job.list',
  'job.show',
  'alert.list',
  'help',
  'whoami',
]
const people = {
  ana: { name: 'Ana', note: 'operator' },
  bo: { name: 'Bo', note: 'operator, approves' },
  eve: { name: 'Eve', note: 'looks on' },
}

/** What the demo takes from a jailops.yaml: everything else in it is about a real host. */
type Added = Pick<Config, 'commands' | 'policy' | 'hosts' | 'alerts'> & {
  bot: Pick<Config['bot'], 'slack' | 'discord' | 'mirrors' | 'channels'>
}

/** The host that it always has. */
export const demoHost = 'demo'
export const demoBot = 'bot'
/** Of its page. */
const demoChannel = 'web:ops'

export interface DemoParts {
  stateDir: string
  layout: Layout
  ports: { web: number }
  added?: Added | undefined
}

/** What the demo runs with: three people, its own host and those over ssh that a file adds, and every change needs a second person. */
export function demoConfig({ stateDir, layout, ports, added }: DemoParts): Config {
  return configSchema.parse({
    state: stateDir,
    bot: {
      web: { port: ports.web, people },
      ...(added?.bot.slack && { slack: added.bot.slack }),
      ...(added?.bot.discord && { discord: added.bot.discord }),
      mirrors: added?.bot.mirrors ?? [],
      channels: added?.bot.channels ?? {},
    },
    host: { name: demoHost, layout },
    hosts: { [demoHost]: {}, ...Object.fromEntries(sshHostsOf(added)) },
    policy: withPolicy(
      policySchema.parse({
        people: Object.fromEntries(Object.keys(people).map((id) => [id, [`web:user:${id}`, `shell:user:${id}`]])),
        roles: {
          operator: {
            permissions: ['jail.*', 'release.*', 'proxy.*', 'host.*', 'job.*', 'alert.*', 'help', 'whoami'],
            members: ['web:user:ana', 'web:user:bo'],
          },
          approver: { permissions: ['request.approve'], members: ['web:user:bo'] },
          viewer: { permissions: reads, members: ['web:user:eve'] },
        },
        // every change, also one that somebody adds
        approvals: [{ permissions: ['*'], count: 1, expiresMinutes: 60 }],
      }),
      added?.policy,
    ),
    alerts: { ...added?.alerts, channels: joined([demoChannel], added?.alerts.channels) },
    commands: added?.commands ?? [],
  })
}

/** Those that the demo's worker can serve as well. @throws config_error */
export function sshHostsOf(added: Pick<Config, 'hosts'> | undefined): [string, Config['hosts'][string]][] {
  const found = Object.entries(added?.hosts ?? {}).filter(([, { ssh }]) => ssh !== undefined)
  const taken = [demoHost, demoBot].find((name) => found.some(([one]) => one === name))
  if (taken === undefined) return found
  throw new JailopsError(
    'config_error',
    `In the demo its own ${taken === demoBot ? 'bot' : 'host'} is named ${taken}; give yours another name.`,
  )
}

/** People and roles of one name are one: so the ana of a Slack can be the demo's ana. What the file says of approvals counts first. */
function withPolicy(demo: Policy, file: Policy | undefined): Policy {
  if (file === undefined) return demo
  const names = (key: 'people' | 'roles') => [...new Set([...Object.keys(demo[key]), ...Object.keys(file[key])])]
  return {
    people: Object.fromEntries(names('people').map((name) => [name, joined(demo.people[name], file.people[name])])),
    roles: Object.fromEntries(
      names('roles').map((name) => {
        const [ours, theirs] = [demo.roles[name], file.roles[name]]
        return [name, { permissions: joined(ours?.permissions, theirs?.permissions), members: joined(ours?.members, theirs?.members) }]
      }),
    ),
    approvals: [...file.approvals, ...demo.approvals],
  }
}

function joined<Item>(one: readonly Item[] = [], other: readonly Item[] = []): Item[] {
  return [...new Set([...one, ...other])]
}
