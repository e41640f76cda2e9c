import { mkdtemp, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { JailopsError, toJailopsError } from '../core/errors.ts'
import type { Finding } from '../core/finding.ts'
import { type Layout, layoutSchema } from '../core/layout.ts'
import type { SshTarget } from '../core/ssh-target.ts'
import { type CheckDeps, checkHost } from '../host/check/check-host.ts'
import { keptEdition } from '../host/privileges.ts'
import type { Shell } from '../host/shell.ts'
import { createLocalShell } from '../host/shell-local.ts'
import { connectRedis, whenReady } from '../queue/redis.ts'
import { redisTime } from '../queue/redis-clock.ts'
import { configOf } from './config-check.ts'
import { listedHost } from './listed-host.ts'
import { createReleasers, type Releasers } from './serving.ts'

/** A host that is looked at: this machine, or one that is reached by ssh. */
export interface ChosenHost {
  name: string
  layout: Layout
  target?: SshTarget
}

type OpenShell = (host: ChosenHost, releasers: Releasers) => Promise<Shell>

const connectMilliseconds = 15_000

/**
 * Says what a host has and lacks. Exit code 1 when something lacks or is not known, so that no script takes the one or the other for good.
 * @throws config_error, unknown_host, which_host, host_unreachable
 */
export async function hostCheck(
  name: string | undefined,
  options: { config?: string; json?: boolean },
  openShell: OpenShell = openShellOf,
): Promise<void> {
  const config = configOf(options)
  const host = chooseHost(config, name)
  const releasers = createReleasers((what, error) => process.stderr.write(`jailops: closing ${what}: ${String(error)}\n`))
  try {
    const shell = await openShell(host, releasers)
    const findings = await checkHost({ shell, layout: host.layout, now: Date.now, ...otherEnd(host, config, releasers) })
    process.stdout.write(options.json === true ? `${JSON.stringify(findings, null, 2)}\n` : renderFindings(host.name, findings))
    process.exitCode = findings.some(({ state }) => state === 'lacks' || state === 'unknown') ? 1 : 0
  } finally {
    await releasers.releaseAll()
  }
}

/** Without a name it is this machine, also where nothing is configured yet. @throws unknown_host, which_host */
export function chooseHost(config: Config, name: string | undefined): ChosenHost {
  const { host } = config
  if (name === undefined || name === host?.name) return { name: host?.name ?? hostname(), layout: host?.layout ?? layoutSchema.parse({}) }
  const listed = listedHost(config, name)
  if (listed.ssh === undefined) {
    throw new JailopsError(
      'which_host',
      `${name} has a worker of its own and is not reached from here: run \`jailops host check\` on it, or say /host check host:${name} in the chat.`,
    )
  }
  return { name, layout: listed.layout ?? layoutSchema.parse({}), target: listed.ssh }
}

/** What the host's clock is compared with, besides ours. */
function otherEnd({ target }: ChosenHost, { redis: { url } }: Config, releasers: Releasers): Pick<CheckDeps, 'target' | 'redisTime'> {
  if (target !== undefined) return { target }
  if (url === undefined) return {}
  return {
    async redisTime() {
      const redis = connectRedis(url.startsWith('/') ? { socketPath: url } : url, 'commands')
      releasers.add('redis', () => redis.disconnect())
      await whenReady(redis, 3000)
      return redisTime(redis)
    },
  }
}

async function openShellOf({ name, layout, target }: ChosenHost, releasers: Releasers): Promise<Shell> {
  const { programFolders, jailRoots, confineTo } = layout
  if (target === undefined) {
    const shell = createLocalShell({ programFolders, jailRoots, confineTo })
    releasers.add('shell', () => shell.stop())
    return shell
  }
  const { createSshShell } = await import('../host/shell-ssh.ts')
  const controlFolder = await mkdtemp(join(tmpdir(), 'jailops-'))
  releasers.add('control socket', () => rm(controlFolder, { recursive: true, force: true }))
  const problem = new AbortController()
  const give = (why: string) => problem.abort(new JailopsError('host_unreachable', `${name} was not looked at. ${why}`))
  const elsewhere = ` While a worker serves it, ask that: /host check host:${name} in the chat.`
  const shell = createSshShell({
    target,
    controlFolder,
    // a name of our own: with that of a worker we would take the host away from it
    owner: `check-${process.pid}`,
    keptEdition: keptEdition(target, layout),
    onProblem: (what) => give(what.includes('another jailops worker') ? `${what}${elsewhere}` : what),
    programFolders,
    jailRoots,
    confineTo,
    patienceMilliseconds: 2000,
  })
  releasers.add('shell', () => shell.stop())
  await shell.whenConnected(AbortSignal.any([problem.signal, AbortSignal.timeout(connectMilliseconds)])).catch(async () => {
    // what keeps it from connecting it says to whoever asks for something
    if (!problem.signal.aborted)
      await shell.stat('/').catch((error: unknown) => give(toJailopsError(error).message.replace(/ It is not known.*$/, '')))
    problem.signal.throwIfAborted()
  })
  return shell
}

const marks = { good: '✓', lacks: '✗', warning: '!', unknown: '?' } as const

/** One line a finding, what to type beneath it, and a line that sums up; plain text, also for a file or a pipe. */
export function renderFindings(name: string, findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length))
  const lines = findings.flatMap(({ subject, state, says, remedy = [] }) => [
    `${marks[state]} ${state.padEnd('warning'.length)}  ${subject.padEnd(width)}  ${says}`,
    ...remedy.map((line) => `      ${line}`),
  ])
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length
  const sum = `${name}: ${count('good')} good, ${count('lacks')} lacking, ${count('warning')} to look at, ${count('unknown')} not known.`
  return `${[...lines, '', sum].join('\n')}\n`
}
