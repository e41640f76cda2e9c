import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseArguments } from '../../src/core/arguments.ts'
import type { Command } from '../../src/core/command.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { factNames, type Facts, factsOf, type ObservedFacts } from '../../src/core/host.ts'
import { type Dataset, type Manager, managers } from '../../src/core/jail.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import type { Plan } from '../../src/core/plan.ts'
import { noProxy } from '../../src/core/proxy.ts'
import { sshTargetSchema } from '../../src/core/ssh-target.ts'
import type { Step } from '../../src/core/step.ts'
import { checkHost } from '../../src/host/check/check-host.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { readTemplate } from '../../src/host/facts/templates.ts'
import { hostPrograms, programPaths, writableRoots } from '../../src/host/programs.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { backendOfJail, jail, request, route, trashed } from '../commands/say.ts'
import { loadCommands } from '../house/commands.ts'
import { sourcesIn } from '../house/sources.ts'
import { fakeShell, goodHost, says } from './check/fake-host.ts'
import { refusedByState, said, saidToo, told } from './every-change.ts'
import { testFacts } from './facts-helper.ts'
import { argvOf, pathsChanged } from './programs-of-steps.ts'
import { theirConfiguration } from './their-haproxy.ts'
import { reloadsIn } from '../support/reloads.ts'

/* What the host's rule file lets jailops start is src/host/programs.ts: here that list is held against what really is started. */

const started = new Set<string>()

function recording(shell: Shell): Shell {
  return {
    ...shell,
    run(command) {
      started.add(command.argv[0] ?? '')
      return shell.run(command)
    },
  }
}

let folder: string
let lab: Lab
let shell: Shell

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-programs-'))
  lab = await startLab({ folder })
  shell = recording(createLocalShell(lab.layout))
})

afterAll(async () => {
  await shell?.stop()
  await lab?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const backup = { from: '/backup', on: '/backup', readOnly: true }
const jailRoots = {
  'jail.conf': '/usr/jails/blog',
  bastille: '/usr/local/bastille/jails/blog/root',
  iocage: '/iocage/jails/blog/root',
  ezjail: '/usr/jails/blog',
}

function observedWith(manager: Manager, isZfs: boolean): Partial<ObservedFacts> {
  const isMarked = manager !== 'jail.conf'
  const blog = jail({
    manager,
    isMarked,
    root: jailRoots[manager],
    depends: ['database'],
    tags: ['old'],
    mounts: [backup],
    ...(manager === 'bastille' && { properties: { 'bastille.cpuset': '0,1' } }),
    ...(manager === 'ezjail' && { texts: { control: 'export jail_blog_ip=""\n', fstab: '' } }),
  })
  const datasets = isZfs ? datasetsOf(manager) : []
  return {
    managers: [{ manager: 'jail.conf' }, ...(isMarked ? [{ manager, startsJails: true }] : [])],
    jails: [
      blog,
      jail({
        name: 'mute',
        kernelName: 'mute',
        manager,
        isMarked,
        state: 'stopped',
        address: '10.0.0.7',
        root: jailRoots[manager].replace('blog', 'mute'),
      }),
      jail({ name: 'database', kernelName: 'database', manager, isMarked, address: '10.0.0.8' }),
      jail({ name: 'theirs', manager, ours: false, root: jailRoots[manager].replace('blog', 'theirs') }),
    ],
    datasets,
    snapshots: datasets.map((one) => ({ dataset: one.name, name: 'first', createdAt: 1, usedBytes: 1, clones: [] })),
    releases: [{ manager, name: '15.1-RELEASE', path: '/usr/jails/.releases/15.1-RELEASE', patchLevel: '15.1-RELEASE' }],
    archives: [
      {
        name: 'old-archive',
        path: '/usr/jails/.archives/old-archive.txz',
        bytes: 1,
        madeAt: 1,
        jail: { name: 'old', manager, type: 'thick', startsAtBoot: true },
      },
    ],
    templates: [readTemplate('site', 'packages: [nginx]\nfiles: [{ path: /srv/site/index.html, content: hello }]\nservices: [nginx]\n')],
    canLimit: true,
    limits: ['jail:blog:memoryuse:deny=1'],
    trash: [trashed({ name: 'old', address: '10.0.0.9', sites: [] })],
    resolver: 'nameserver 10.0.2.3\n',
    siteChanges: [past],
  }
}

function datasetsOf(manager: Manager): Dataset[] {
  const jails = jailRoots[manager].replace(/\/blog.*/, '')
  const paths = [
    jails,
    `${jails}/blog`,
    ...(jailRoots[manager].endsWith('/root') ? [jailRoots[manager]] : []),
    ...(manager === 'iocage' ? ['/iocage/releases/15.1-RELEASE/root'] : []),
  ]
  return paths.map((path) => ({ name: `zroot${path}`, mountpoint: path, isMounted: true, hasOwnMountpoint: false }))
}

const now = { host: route.host, targets: route.targets, settings: { allow: ['10.0.0.1', '10.0.0.2'], users: ['bo', 'eve'] } }
const past = { before: { ...now, settings: { ...now.settings, limit: 5 } }, after: now, request, person: 'ana', at: 1 }
const settings = { 'blog.example.com': { allow: ['10.0.0.1', '10.0.0.2'], users: ['bo', 'eve'] } }
const certificate = { names: ['blog.example.com'], startsAt: 1, expiresAt: 2, issuer: 'nobody', isRenewed: true }
const bareProxy = {
  ...noProxy,
  routes: [route],
  backends: [backendOfJail('blog')],
  settings,
  certificates: [{ site: 'blog.example.com', path: '/certs/blog.pem', ...certificate }],
}
const proxies = [{ ...bareProxy, running: true, configured: true, enabled: true, tls: true as const }, bareProxy]
const theirs = { path: '/usr/local/etc/haproxy.conf', text: theirConfiguration({ port: 80, test1: '10.0.0.5:80' }), isShared: false }
const theirProxy = { ...bareProxy, running: true, enabled: true, theirs }

/** Every change on every manager, as far as the two go together. */
async function plans(): Promise<Plan[]> {
  const commands = (await loadCommands()).map(({ command }) => command)
  const hosts = managers.flatMap((manager) =>
    [{}, { base: '/usr/base.txz' }, ...(manager === 'jail.conf' ? [{ proxy: 'nginx' }] : [])].flatMap((more) =>
      [false, true].flatMap((isZfs) =>
        proxies.map((proxy) => testFacts({ ...observedWith(manager, isZfs), proxy }, layoutSchema.parse({ manager, ...more }))),
      ),
    ),
  )
  hosts.push(testFacts({ ...observedWith('jail.conf', false), proxy: theirProxy }))
  return commands.flatMap((command) => {
    const usual = said[command.path] ?? ('jail' in command.args.shape ? { jail: 'blog' } : {})
    return [usual, saidToo[command.path] ?? usual].flatMap((words) => hosts.flatMap((facts) => planOn(command, words, facts)))
  })
}

function planOn(command: Command, words: Record<string, unknown>, facts: Facts): Plan[] {
  if (command.risk === 'bot') return []
  const { args } = parseArguments(command, words)
  try {
    const looks = command.looks?.({ args, facts }) ?? {}
    for (const one of Object.values(looks)) if ('argv' in one) started.add(one.argv[0] ?? '')
    if (command.risk === 'read') return []
    const answers = Object.keys(looks).map((name) => [name, { exitCode: 0, stdout: told[name] ?? '1', stderr: '' }])
    const seen = { ...facts, ...factsOf(facts.layout, { ...facts, looked: Object.fromEntries(answers) }) }
    return [command.plan({ args, facts: seen, drivers: createDrivers(seen), request, person: 'ana', granted: command.grants ?? [] })]
  } catch (error) {
    if (error instanceof JailopsError && error.code === 'not_supported_by_driver') return []
    // until it is adopted nothing else is done beside a configuration of the host's own
    if (facts.proxy.theirs !== undefined && error instanceof JailopsError && error.code === 'host_not_ready') return []
    // nginx in front has no certificates, so none that could be shown or taken away
    if (facts.layout.proxy === 'nginx' && error instanceof JailopsError && error.code === 'unknown_certificate') return []
    if (command.path.startsWith('release ') && error instanceof JailopsError && refusedByState.includes(error.code)) return []
    throw error
  }
}

async function look(): Promise<Facts> {
  return factsOf(lab.layout, await observe({ shell, layout: lab.layout }, factNames, { others: [], here: [] }))
}

async function carryOut(steps: readonly Step[]): Promise<void> {
  const stagingFolder = join(lab.folder, 'staging')
  const hands = { shell, sleep: async (milliseconds: number) => sleep(milliseconds), now: Date.now }
  const effects = createEffects({ ...hands, reloads: reloadsIn(folder, hands), stagingFolder })
  for (const [index, step] of steps.entries()) {
    await effects.capture(step)
    await effects.check(step)
    await effects.perform(step, { groupFile: join(folder, `group-${index}`) })
  }
}

test('every program that is started is on the list, and nothing else is', async () => {
  for (const plan of await plans()) for (const step of plan.steps) for (const [name = ''] of argvOf(step)) started.add(name)
  // what effects and facts start, on the lab
  const { jails } = createDrivers(await look())
  const blog = { name: 'blog', manager: 'jail.conf', address: '10.0.0.2', startsAtBoot: true, type: 'thick', vnet: false } as const
  await carryOut([...jails.create(blog, request), ...jails.boot(blog, true)])
  const facts = await look()
  const drivers = createDrivers(facts)
  await carryOut([
    ...drivers.proxy.prepare(),
    ...drivers.jails.stop(facts.ownJail('blog')),
    ...drivers.trash.put(facts.ownJail('blog'), [], request),
  ])
  // what a check starts on a host with all there is
  const { answers } = goodHost()
  const full = fakeShell({
    ...goodHost(),
    answers: {
      ...answers,
      'kldstat -q -m pf': says(''),
      'kldstat -q -m zfs': says(''),
      'pfctl -s nat': says(''),
      'zpool list -H -o name,health': says(''),
    },
  })
  const target = sshTargetSchema.parse({ address: 'h', knownHosts: '/k' })
  await checkHost({ shell: recording(full), layout: layoutSchema.parse({}), now: Date.now, target })
  // what is written out in the sources, such as sync before the journal's next line
  for (const room of ['src/host', 'src/worker', 'src/cli', 'commands']) {
    for (const { text } of sourcesIn(room))
      for (const [, name = ''] of text.matchAll(/\bargv(?:: | = )\['([a-z][a-z-]*)'/g)) started.add(name)
  }
  expect([...started].toSorted()).toEqual(hostPrograms.map(({ name }) => name).toSorted())
})

function isAllowed(path: string, root: string): boolean {
  if (root.endsWith('*')) return path.startsWith(root.slice(0, -1))
  return path === root || path.startsWith(`${root}/`)
}

test('every file that a plan changes lies where the agent may write', async () => {
  for (const layout of [layoutSchema.parse({}), layoutSchema.parse({ trash: '/usr/trash' })]) {
    const roots = [layout, layoutSchema.parse({ ...layout, proxy: 'nginx' })].flatMap(writableRoots).map(({ path }) => path)
    const changed = (await plans()).flatMap(({ steps }) => steps.flatMap(({ action }) => pathsChanged(action)))
    const outside = changed.filter((path) => !roots.some((root) => isAllowed(path, root)))
    expect(changed.length).toBeGreaterThan(20)
    expect(outside).toEqual([])
  }
})

test('a program is named by the one path that FreeBSD has it at, or by all of a layout of its own', () => {
  const usual = programPaths(layoutSchema.parse({}))
  expect(usual).toContain('/usr/sbin/jail')
  expect(usual).not.toContain('/usr/local/bin/jail')
  expect(new Set(usual).size).toBe(hostPrograms.length)
  expect(programPaths({ programFolders: ['/lab/bin'] })).toContain('/lab/bin/jail')
})

test('each has a reason', () => {
  expect(hostPrograms.filter(({ why }) => why.length < 10)).toEqual([])
})
