import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSettings, seenInFstab } from '../../src/host/jails/bastille/files.ts'
import { readBastilleConf } from '../../src/host/jails/bastille/jail-conf.ts'
import { observeBastille } from '../../src/host/jails/bastille/observe.ts'
import type { Shell } from '../../src/host/shell.ts'
import { bastilleLab, type BastilleLab } from './bastille-lab.ts'

const conf = (name: string, more: readonly string[] = []) =>
  [
    `${name} {`,
    '  enforce_statfs = 2;',
    '  exec.clean;',
    "  exec.start = '/bin/sh /etc/rc';",
    `  host.hostname = ${name};`,
    '  mount.devfs;',
    `  path = /usr/local/bastille/jails/${name}/root;`,
    '  osrelease = "15.1-RELEASE-p1";',
    '',
    '  ip4.addr = lo1|10.0.0.5;',
    '  ip4.addr += lo1|10.0.0.6/32;',
    '  ',
    ...more,
    '}',
    '',
  ].join('\n')

describe('its files', () => {
  it('jail.conf as bastille writes it is read without a process', () => {
    const parameters = readBastilleConf(conf('wiki', [String.raw`  exec.prestart += "ifconfig e0a_wiki description \"vnet0 of wiki\"";`]))
    expect(Object.fromEntries(parameters ?? [])).toEqual({
      name: 'wiki',
      enforce_statfs: '2',
      'exec.clean': '',
      'exec.start': '/bin/sh /etc/rc',
      'host.hostname': 'wiki',
      'mount.devfs': '',
      path: '/usr/local/bastille/jails/wiki/root',
      osrelease: '15.1-RELEASE-p1',
      'ip4.addr': 'lo1|10.0.0.5,lo1|10.0.0.6/32',
      'exec.prestart': 'ifconfig e0a_wiki description "vnet0 of wiki"',
    })
  })

  it('of anything else it makes no guess', () => {
    const odd = ['x = $y;', 'a; b;', 'x = "a\\n";', '.include "/x";', 'x = 1; # why', 'x = 1', 'other { path = /; }', 'x = a b;']
    for (const line of odd) expect(readBastilleConf(conf('wiki', [line])), line).toBeUndefined()
    expect(readBastilleConf('')).toBeUndefined()
    expect(readBastilleConf(`exec.clean;\n${conf('wiki')}`)).toBeUndefined()
    expect(readBastilleConf(conf('wiki') + conf('other'))).toBeUndefined()
  })

  it('settings and fstab', () => {
    expect(Object.fromEntries(readSettings('boot="on"\ndepend="shop db"\npriority="20"\n# no="1"\nbare=1\n'))).toEqual({
      boot: 'on',
      depend: 'shop db',
      priority: '20',
      bare: '1',
    })
    expect(
      seenInFstab('/b/releases/15.1-RELEASE /r/.bastille nullfs ro 0 0\n/data\t/r/data nullfs rw 0 0\n/x /else nullfs ro 0 0\n', '/r'),
    ).toEqual({
      base: '15.1-RELEASE',
      mounts: [{ from: '/data', on: '/data', readOnly: false }],
    })
  })
})

describe('on a host', () => {
  let here: BastilleLab
  beforeAll(async () => {
    here = await bastilleLab(false)
  })
  afterAll(() => here?.remove())

  const put = (name: string, files: Readonly<Record<string, string>>) => {
    mkdirSync(`${here.jails}/${name}/root`, { recursive: true })
    for (const [file, text] of Object.entries(files)) writeFileSync(`${here.jails}/${name}/${file}`, text)
  }
  const observe = async () => {
    const started: string[] = []
    const shell: Shell = {
      ...here.shell,
      run: (command) => {
        started.push(command.argv[0] ?? '')
        return here.shell.run(command)
      },
    }
    const managers = [{ manager: 'bastille', startsJails: true }] as const
    const marks = new Map([['bastille/wiki', { ours: true, tags: ['web'], note: 'n' }]])
    const jails = await observeBastille({ shell, layout: here.lab.layout, marks, datasets: [], managers: [...managers] })
    return { started, jails, of: (name: string) => jails.find((one) => one.name === name) }
  }

  it('each jail is read by its files, and what is wrong with one is its own affair', async () => {
    put('wiki', {
      'jail.conf': conf('wiki'),
      'settings.conf': 'boot="off"\n',
      tags: 'front\nweb\n',
      'rctl.conf': 'jail:wiki:maxproc:deny=5\n',
    })
    put('hand', { 'jail.conf': `$where = "/srv";\n${conf('hand', ['path = "$where/hand";'])}` })
    put('broken', { 'jail.conf': 'broken {\n  path = ;\n' })
    put('moved', { 'jail.conf': conf('wiki') })
    put('half', {})
    const { of, started } = await observe()
    expect(of('wiki')).toMatchObject({
      ours: true,
      tags: ['web', 'front'],
      note: 'n',
      addresses: ['10.0.0.5', '10.0.0.6'],
      release: '15.1-RELEASE',
      type: 'thick',
      startsAtBoot: false,
      properties: { 'bastille.limits': 'jail:wiki:maxproc:deny=5', 'bastille.tags': 'front,web' },
    })
    expect(of('wiki')?.problem).toBeUndefined()
    expect(of('hand')).toMatchObject({ ours: false, root: '/srv/hand', startsAtBoot: true })
    expect(of('broken')?.problem).toContain('jail.conf')
    expect(of('moved')?.problem).toContain('is of a jail wiki')
    expect(of('half')?.problem).toContain('create or destroy of bastille that failed')
    expect(started.filter((name) => name !== 'grep' && name !== 'jail')).toEqual([])
  })

  it('five hundred of them take few processes, none of them bastille', async () => {
    for (let number = 0; number < 500; number++)
      put(`many${number}`, { 'jail.conf': conf(`many${number}`), 'settings.conf': 'boot="on"\n', fstab: '' })
    const { started, jails } = await observe()
    expect(jails.filter(({ name, problem }) => name.startsWith('many') && problem === undefined)).toHaveLength(500)
    expect(started.filter((name) => name === 'grep').length).toBeLessThan(15)
    expect(started.filter((name) => name !== 'grep')).toEqual(['jail', 'jail'])
  })
})
