import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/core/finding.ts'
import { layoutSchema } from '../../../src/core/layout.ts'
import { checkHost } from '../../../src/host/check/check-host.ts'
import { readList } from '../../../src/host/jails/bastille/list-json.ts'
import { createLocalShell } from '../../../src/host/shell-local.ts'
import type { Shell } from '../../../src/host/shell.ts'
import { type Lab, setFaults, startLab } from '../../../src/lab/lab.ts'
import { runShell } from '../../lab/temporary-lab.ts'
import { type FakeHost, fakeShell, goodHost, says } from './fake-host.ts'

const jailsFolder = 'sysrc -f /usr/local/etc/bastille/bastille.conf -n bastille_jailsdir'
const folders = { [jailsFolder]: says('/usr/local/bastille/jails\n') }

async function seen(answers: FakeHost['answers'], files: FakeHost['files'] = {}, extraPrograms: string[] = []): Promise<Finding[]> {
  const host = goodHost()
  const shell = fakeShell({
    ...host,
    answers: { ...host.answers, ...answers },
    files: { ...host.files, ...files },
    extraPrograms: [...(host.extraPrograms ?? []), ...extraPrograms],
  })
  const findings = await checkHost({ shell, layout: layoutSchema.parse({}), now: () => 1_795_000_000_500 })
  return findings.filter(({ subject }) => subject === 'jail managers').slice(2)
}

describe('the managers', () => {
  it('that are not there are named', async () => {
    expect(await seen({})).toMatchObject([{ state: 'good', says: expect.stringContaining('looked for BastilleBSD, iocage') }])
  })

  it('that jailops does not drive are told apart', async () => {
    const findings = await seen({}, {}, ['appjail', 'pot'])
    expect(findings).toMatchObject([
      { state: 'warning', says: expect.stringContaining('AppJail, pot are installed, which jailops does not drive') },
    ])
  })

  it('say their versions, and what is still to be done for them', async () => {
    const answers = {
      'iocage -v': says('Version\t1.13\n'),
      'ezjail-admin': says('', { exitCode: 1, stderr: 'ezjail-admin v3.4.2\nUsage: ezjail-admin [archive|config] {params}\n' }),
      ...folders,
      'bastille -v': says('1.4.4\n'),
      'bastille list -j': says('[\n\n]\n'),
    }
    expect(await seen(answers)).toMatchObject([
      { state: 'warning', says: expect.stringContaining('BastilleBSD 1.4.4 is installed; 0 jails in /usr/local/bastille, and no release') },
      { state: 'good', says: expect.stringContaining('say the same') },
      {
        state: 'warning',
        says: expect.stringContaining('iocage 1.13 is installed, but /iocage/jails is not there'),
        remedy: ['iocage activate POOL'],
      },
      { state: 'warning', says: expect.stringContaining('ezjail 3.4.2 is installed, but its shared base /usr/jails/basejail') },
    ])
    const files = { '/usr/local/bastille/releases/15.1-RELEASE': '', '/iocage/jails/x': '', '/usr/jails/basejail/bin/sh': '' }
    expect((await seen(answers, files)).map(({ state }) => state)).toEqual(['good', 'good', 'good', 'good'])
  })

  it('that keep jails elsewhere than jailops looks are told', async () => {
    const elsewhere = { 'bastille -v': says('1.4.4\n'), [jailsFolder]: says('/srv/jails\n') }
    expect(await seen(elsewhere)).toMatchObject([
      {
        state: 'lacks',
        says: 'BastilleBSD keeps its jails in /srv/jails (bastille_jailsdir), and jailops looks for them in /usr/local/bastille/jails.',
      },
    ])
  })

  it('that give no answer are not known, and one that is too old is said to be', async () => {
    expect(await seen({ 'bastille -v': says('', { exitCode: 1, stderr: 'no\n' }) })).toMatchObject([
      { state: 'unknown', says: expect.stringContaining('it ended with 1: no') },
    ])
    const [old, list] = await seen({ ...folders, 'bastille -v': says('0.9.20220216\n'), 'bastille list -j': says('usage\n') })
    expect(old).toMatchObject({ state: 'warning', says: expect.stringContaining('older than what jailops knows') })
    expect(list).toMatchObject({ state: 'unknown', says: expect.stringContaining('is not understood') })
  })
})

describe("bastille's list", () => {
  it('is read whichever way its keys are called', () => {
    const blog = [{ name: 'blog', state: 'Up', boot: 'on' }]
    expect(readList('[\n  {"JID":"1","Name":"blog","Boot":"on","Prio":"99","State":"Up","IP_Address":"10.0.0.2"},\n]\n')).toEqual(blog)
    expect(readList('[\n  {"JID":"1","Name":"blog","Boot":"on","State":"Up","IP Address":"10.0.0.2","Published Ports":"-"}\n]\n')).toEqual(
      blog,
    )
    expect(readList('[\n  {"JID":"1","NAME":"blog","BOOT":"on","STATE":"Up","IP ADDRESS":"10.0.0.2","PORTS":"-"}\n]\n')).toEqual(blog)
    expect(readList('[\n\n]\n')).toEqual([])
  })

  it('is not guessed at', () => {
    expect(readList('')).toBeUndefined()
    expect(readList('[ERROR]: No jails found.\n')).toBeUndefined()
    expect(readList('[{"JID":"1","BOOT":"on"}]')).toBeUndefined()
    expect(readList('{"NAME":"blog"}')).toBeUndefined()
  })
})

describe('on the lab', () => {
  let folder: string
  let lab: Lab
  let shell: Shell
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jailops-managers-'))
    lab = await startLab({ folder, managers: ['bastille'] })
    shell = createLocalShell(lab.layout)
    await runShell(lab.layout.programFolders, 'bastille create -E blog; bastille create -E shop')
  })
  afterAll(async () => {
    await shell?.stop()
    await lab?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const look = async () => {
    const findings = await checkHost({ shell, layout: lab.layout, now: Date.now })
    return findings.filter(({ subject }) => subject === 'jail managers').slice(2)
  }

  for (const keys of ['may-2025', '1.4.4', 'head']) {
    it(`its list (${keys}) and its files say the same`, async () => {
      writeFileSync(join(lab.hostFolder, 'usr/local/etc/bastille/lab-json'), keys)
      expect(await look()).toMatchObject([
        { state: 'good', says: expect.stringContaining('BastilleBSD 1.4.4 is installed; 2 jails') },
        { state: 'good', says: expect.stringContaining('say the same') },
      ])
    })
  }

  it('debris and a list that leaves something out are told', async () => {
    mkdirSync(`${lab.layout.bastille.prefix}/jails/half/root`, { recursive: true })
    expect((await look())[1]).toMatchObject({ state: 'warning', says: expect.stringContaining('half is not in its list (') })
    setFaults(lab.folder, [
      { program: 'bastille', argumentsInclude: ['list'], exitCode: 0, stdout: '[{"NAME":"blog","BOOT":"off"},{"NAME":"ghost"}]' },
    ])
    expect((await look())[1]?.says).toMatch(
      /blog starts at boot: off in the list, on in settings\.conf; ghost is in its list only; half .* and others/,
    )
    setFaults(lab.folder, [])
  })
})
