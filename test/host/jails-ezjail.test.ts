import { describe, expect, it } from 'vitest'
import migrate from '../../commands/jail/migrate.ts'
import rename from '../../commands/jail/rename.ts'
import type { Jail, NewJail } from '../../src/core/jail.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { kernelNameOf, readControlFile, renamedControlFile } from '../../src/host/jails/ezjail/control-file.ts'
import { observeEzjail } from '../../src/host/jails/ezjail/observe.ts'
import type { Shell } from '../../src/host/shell.ts'
import { planOf, request } from '../commands/say.ts'
import { fakeShell } from './check/fake-host.ts'
import { testFacts, testJail, testLayout } from './facts-helper.ts'
import { undoArgv } from '../support/undo-argv.ts'

const managers = [{ manager: 'jail.conf' }, { manager: 'ezjail', startsJails: true }] as const
const newJail: NewJail = { name: 'blog-two', manager: 'ezjail', address: '10.0.0.5', startsAtBoot: true, type: 'thin', vnet: false }

function ezjail(name: string, changes: Partial<Jail> = {}): Jail {
  const kernelName = kernelNameOf(name)
  return testJail(name, {
    manager: 'ezjail',
    isMarked: true,
    kernelName,
    configuration: `/usr/local/etc/ezjail/${kernelName}`,
    type: 'thin',
    properties: { hostname: name, ip: 'lo1|10.0.0.2', rootdir: `/usr/jails/${name}`, mount_enable: 'YES' },
    texts: { control: control(name), fstab: `/usr/jails/basejail /usr/jails/${name}/basejail nullfs ro 0 0\n` },
    ...changes,
  })
}

function control(name: string): string {
  const kernelName = kernelNameOf(name)
  return `# PROVIDE: mine\n\nexport jail_${kernelName}_hostname="${name}"\nexport jail_${kernelName}_ip="lo1|10.0.0.2"\nexport jail_${kernelName}_rootdir="/usr/jails/${name}"\n`
}

function driversWith(jails: Jail[], more: Parameters<typeof testFacts>[0] = {}) {
  return createDrivers(testFacts({ managers: [...managers], jails, ...more }))
}

function words(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    const { action } = stepSchema.parse(step)
    if (action.kind === 'run') return action.argv.join(' ')
    if (action.kind === 'line') return `${action.on ? '+' : '-'} ${action.line}`
    return 'path' in action ? `${action.kind} ${action.path}` : action.kind === 'move' ? `move ${action.from} ${action.to}` : action.kind
  })
}

describe('making', () => {
  it('looks first whether anything has the name, and never takes that away', () => {
    const steps = driversWith([]).jails.make(newJail, request)
    expect(steps.slice(0, 4).map(({ done }) => done)).toEqual(
      ['/usr/jails/blog-two', '/usr/local/etc/ezjail/blog_two', '/usr/local/etc/ezjail/blog_two.norun', '/etc/fstab.blog_two'].map(
        (path) => ({
          kind: 'path',
          path,
          exists: false,
        }),
      ),
    )
    expect(words(steps).slice(4)).toEqual([
      'ezjail-admin create blog-two lo1|10.0.0.5',
      'require',
      '+ export jail_blog_two_exec_stop="/bin/sh /etc/rc.shutdown jail"',
      '+ export jail_blog_two_forceblocking="YES"',
      'map-entry /usr/jails/.marks',
    ])
  })

  it('from an archive unpacks it first, and takes it back by itself', () => {
    const steps = driversWith([]).jails.make({ ...newJail, archive: '/usr/jails/.archives/a.txz' }, request)
    expect(words(steps).slice(4, 9)).toEqual([
      `folder /usr/jails/.new-${request}`,
      `tar -xpf /usr/jails/.archives/a.txz -C /usr/jails/.new-${request}`,
      `mkdir -p /usr/jails/.new-${request}/basejail`,
      `move /usr/jails/.new-${request} /usr/jails/blog-two`,
      'ezjail-admin create -x blog-two lo1|10.0.0.5',
    ])
    const undo = steps.flatMap((step) => step.undo ?? []).map((one) => undoArgv(one).join(' '))
    expect(undo).not.toContain('ezjail-admin delete -w blog-two')
  })

  it.each([
    ['thick', { type: 'thick' }, 'not_supported_by_driver'],
    ['a network of its own', { vnet: true }, 'not_supported_by_driver'],
    ['another release', { release: '14.3-RELEASE' }, 'not_supported_by_driver'],
    ['a name that folds into another', { name: 'a-b' }, 'jail_name_taken'],
  ] as const)('refuses %s', (_, changes, code) => {
    const other = { ...ezjail('a-c', { release: '15.1-RELEASE' }), name: 'a.b', kernelName: 'a_b' }
    expect(() => driversWith([other]).jails.make({ ...newJail, ...changes }, request)).toThrow(expect.objectContaining({ code }))
  })

  it('is refused where there is no ezjail', () => {
    expect(() => createDrivers(testFacts()).jails.make(newJail, request)).toThrow(expect.objectContaining({ code: 'host_not_ready' }))
  })
})

describe('boot', () => {
  it('wakes nobody else where ezjail_enable is not YES', () => {
    const facts = { managers: [{ manager: 'jail.conf' as const }, { manager: 'ezjail' as const, startsJails: false }] }
    const alone = driversWith([ezjail('blog')], facts).jails.boot({ name: 'blog', manager: 'ezjail' }, true)
    expect(words(alone)).toEqual(['sysrc ezjail_enable=YES', '- export jail_blog_forceblocking="YES"'])
    const others = driversWith([ezjail('blog'), ezjail('shop')], facts)
    expect(() => others.jails.boot({ name: 'blog', manager: 'ezjail' }, true)).toThrow(/would also start shop/)
  })

  it('of one that is yet to be made or lies in the trash is off by its own file', () => {
    expect(driversWith([]).jails.boot(newJail, false)).toEqual([])
  })
})

describe('a norun jail', () => {
  const norun = { configuration: '/usr/local/etc/ezjail/blog.norun', startsAtBoot: false }
  it('stays off at boot by other means once it is started', () => {
    expect(words(driversWith([]).jails.start(ezjail('blog', { ...norun, state: 'stopped' })))).toEqual([
      '+ export jail_blog_forceblocking="YES"',
      'move /usr/local/etc/ezjail/blog.norun /usr/local/etc/ezjail/blog',
      'ezjail-admin onestart blog',
    ])
  })

  it('that runs is renamed as what it is by then', () => {
    const steps = planOf(rename, { jail: 'blog', to: 'shop' }, { managers: [...managers], jails: [ezjail('blog', norun)] }).steps
    const written = steps.find(({ action }) => action.kind === 'write' && action.path === '/usr/local/etc/ezjail/shop')
    expect(written?.action).toMatchObject({ content: expect.stringContaining('export jail_shop_forceblocking="YES"\n') })
    expect(words(steps).filter((line) => line.startsWith('ezjail-admin'))).toEqual([
      'ezjail-admin onestop blog',
      'ezjail-admin onestart shop',
    ])
  })
})

describe('changes', () => {
  it('a new address is there before the old one goes, and the other addresses stay', () => {
    const jail = ezjail('blog', { properties: { ip: 'lo1|10.0.0.2,em0|192.0.2.7' } })
    expect(words(driversWith([jail]).jails.readdress(jail, '10.0.0.9'))).toEqual([
      '+ export jail_blog_ip="lo1|10.0.0.9,em0|192.0.2.7"',
      '- export jail_blog_ip="lo1|10.0.0.2,em0|192.0.2.7"',
    ])
  })

  it('properties go by parameters, and live where they can', () => {
    const jail = ezjail('blog', { properties: { parameters: 'allow.sysvipc' } })
    const { steps, restart } = driversWith([jail]).jails.set(jail, 'allow.raw_sockets', 'yes')
    expect(words(steps)).toEqual([
      '+ export jail_blog_parameters="allow.sysvipc allow.raw_sockets"',
      '- export jail_blog_parameters="allow.sysvipc"',
      'jail -m name=blog allow.raw_sockets',
    ])
    expect(restart).toBe(false)
  })

  it.each(['depend', 'update', 'upgrade'] as const)('%s says what to use instead', (verb) => {
    const { jails } = driversWith([])
    const calls = {
      depend: () => jails.depend(ezjail('blog'), ['db']),
      update: () => jails.update(ezjail('blog'), request),
      upgrade: () => jails.upgrade(ezjail('blog'), '15.2-RELEASE', request),
    }
    expect(calls[verb]).toThrow(
      expect.objectContaining({ code: 'not_supported_by_driver', message: expect.stringMatching(/\/(jail migrate|release update)/) }),
    )
  })

  it('a root that is no folder of ezjail is not moved', () => {
    expect(() => driversWith([]).jails.parts(ezjail('blog', { root: '/' }))).toThrow(expect.objectContaining({ code: 'not_ours' }))
    expect(() => driversWith([]).jails.parts(ezjail('blog', { root: '/usr/jails/../../etc' }))).toThrow()
  })
})

describe('control files', () => {
  it('are read as a shell would, or said to be unclear', () => {
    const text = `export jail_a_b_ip="lo1|10.0.0.2"\njail_a_b_ip='lo1|10.0.0.3' # moved\nexport jail_a_b_hostname="$(hostname)"\nexport jail_a_ip="x"\n`
    const { values, unclear } = readControlFile(text, 'a_b')
    expect(values.get('ip')).toBe('lo1|10.0.0.3')
    expect([...unclear]).toEqual(['hostname'])
  })

  it('keep every line of theirs under another name', () => {
    expect(
      renamedControlFile('# mine\nexport jail_a_fib="1" # kept\nexport jail_a_hostname="a"\n', {
        from: 'a',
        to: 'b_c',
        values: { hostname: 'b-c' },
      }),
    ).toBe('# mine\nexport jail_b_c_fib="1" # kept\nexport jail_b_c_hostname="b-c"\n')
  })
})

describe('observation', () => {
  const files: Record<string, string> = {
    '/usr/local/etc/ezjail/blog_two': control('blog-two'),
    '/usr/local/etc/ezjail/old.norun': control('old'),
    '/usr/local/etc/ezjail/bad': 'export jail_bad_hostname="bad"\nexport jail_bad_ip="$IP"\nexport jail_bad_rootdir="/usr/jails/bad"\n',
    '/etc/fstab.blog_two': '/usr/jails/basejail /usr/jails/blog-two/basejail nullfs ro 0 0\n/data /usr/jails/blog-two/data nullfs rw 0 0\n',
    '/usr/jails/basejail/bin/freebsd-version': '#!/bin/sh\nUSERLAND_VERSION="15.1-RELEASE-p1"\n',
  }
  const shell: Shell = {
    ...fakeShell({ answers: {}, files }),
    run: async () => ({ exitCode: 2, stdout: '', stderr: '', timedOut: false, truncated: false }),
  }

  it('reads files, and asks no tool', async () => {
    const jails = await observeEzjail({ shell, layout: testLayout, marks: new Map(), datasets: [], managers: [...managers] })
    expect(jails.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: 'bad', problem: expect.stringContaining('computes its ip') },
      {
        name: 'blog-two',
        kernelName: 'blog_two',
        addresses: ['10.0.0.2'],
        type: 'thin',
        release: '15.1-RELEASE',
        startsAtBoot: true,
        ours: false,
        mounts: [{ from: '/data', on: '/data', readOnly: false }],
      },
      { name: 'old', startsAtBoot: false, configuration: '/usr/local/etc/ezjail/old.norun' },
    ])
  })
})

describe('migration', () => {
  it('keeps the base, the mounts, the parameters, and what ezjail said', () => {
    const mounts = [{ from: '/data', on: '/data', readOnly: false }]
    const blog = ezjail('blog', { mounts, properties: { mount_enable: 'YES', parameters: 'allow.raw_sockets' } })
    const { steps } = planOf(migrate, { jail: 'blog' }, { managers: [...managers], jails: [blog] })
    const file = steps.find(({ action }) => action.kind === 'write' && action.path === '/etc/jail.conf.d/blog.conf')
    for (const line of [
      'mount += "/usr/jails/basejail /usr/jails/blog/basejail nullfs ro 0 0";',
      'mount += "/data /usr/jails/blog/data nullfs rw 0 0";',
      'allow.mount;',
      'allow.raw_sockets;',
    ]) {
      expect(file?.action).toMatchObject({ content: expect.stringContaining(line) })
    }
    expect(words(steps)).toContain(`write /usr/jails/.trash/blog.${request}.migrated/control`)
  })

  it.each([
    ['a parameter that nobody knows', { properties: { parameters: 'exec.poststart=rm' } }],
    ['jail.conf itself', { manager: 'jail.conf', isMarked: false, properties: {} }],
    ['a network of its own', { vnet: true }],
  ] as const)('refuses %s', (_, changes) => {
    const facts = { managers: [...managers], jails: [ezjail('blog', changes)] }
    expect(() => planOf(migrate, { jail: 'blog' }, facts)).toThrow(expect.objectContaining({ code: 'not_supported_by_driver' }))
  })
})
