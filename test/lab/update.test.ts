import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
})
afterAll(() => lab.remove())
beforeEach(() => lab.sh('cp -a /usr/jails/.base /usr/jails/one; jail -c name=one path=/usr/jails/one persist'))
afterEach(() => lab.sh('jail -r one; rm -rf /usr/jails/one /var/db/lab-mirror.json /var/db/freebsd-update; mkdir /var/db/freebsd-update'))

const mirror = (text: string) => lab.write('var/db/lab-mirror.json', text)
const here = (path: string) => readFileSync(join(lab.hostFolder, 'usr/jails/one', path), 'utf8')
const setVersion = (version: string) => lab.write('usr/jails/one/bin/freebsd-version', `#!/bin/sh\nUSERLAND_VERSION="${version}"\n`)
const userland = async () => (await lab.sh('freebsd-version -j one')).text.trim()
const update = (words: string) => lab.sh(`env PAGER=cat freebsd-update --not-running-from-cron ${words}`)

const looked = `src component not installed, skipped
Looking up update.FreeBSD.org mirrors... 3 mirrors found.
Fetching metadata signature for 15.1-RELEASE from update1.freebsd.org... done.
Fetching metadata index... done.
Inspecting system... done.
Preparing to download files... done.
`

describe('freebsd-update', () => {
  it('raises a jail to the newest patch level, once', async () => {
    expect(await update('-j one fetch install')).toEqual({
      code: 0,
      text: `${looked}\nThe following files will be updated as part of updating to 15.1-RELEASE-p1:\n/bin/freebsd-version\nInstalling updates... done.\n`,
    })
    expect(await userland()).toBe('15.1-RELEASE-p1')
    expect(await update('-j one fetch install')).toEqual({
      code: 0,
      text: `${looked}\nNo updates needed to update system to 15.1-RELEASE-p1.\nNo updates are available to install.\n`,
    })
    mirror('{"patches": {"15.1-RELEASE": 3}}')
    expect(await update('-b /usr/jails/one fetch install')).toMatchObject({ code: 0 })
    expect(await userland()).toBe('15.1-RELEASE-p3')
    expect(await update('-b /usr/jails/one rollback')).toMatchObject({ code: 0 })
    expect(await userland()).toBe('15.1-RELEASE-p1')
  })

  it('install without a fetch is 2, and so is updatesready; the working folder is per path', async () => {
    expect(await update('-j one install')).toEqual({
      code: 2,
      text: "src component not installed, skipped\nNo updates are available to install.\nRun 'freebsd-update [options] fetch' first.\n",
    })
    expect(await update('-j one updatesready')).toMatchObject({ code: 2 })
    await update('-j one fetch')
    expect(await update('-j one updatesready')).toMatchObject({ code: 0 })
    expect(await update('-b /usr/jails/one/ updatesready')).toMatchObject({ code: 2 })
    expect(await userland()).toBe('15.1-RELEASE')
  })

  it('upgrades in two installs', async () => {
    setVersion('15.0-RELEASE-p5')
    const ran = await update('-j one -r 15.1-RELEASE upgrade')
    expect(ran.code).toBe(0)
    expect(ran.text).toContain('Fetching metadata signature for 15.0-RELEASE from')
    const first = await update('-j one install')
    expect(first).toMatchObject({ code: 0, text: expect.stringContaining("'freebsd-update [options] install' again to finish") })
    expect(await userland()).toBe('15.1-RELEASE-p1')
    expect(await update('-j one fetch')).toMatchObject({
      code: 1,
      text: expect.stringContaining('You have a partially completed upgrade pending\n'),
    })
    expect((await update('-j one install')).text).toMatch(/Installing updates\.\.\. done\.\n$/)
    expect(await update('-j one -r 15.1-RELEASE upgrade')).toMatchObject({
      code: 1,
      text: expect.stringMatching(/Cannot upgrade from 15\.1-RELEASE to itself\n$/),
    })
  })

  it('without a tty it says so; a "no" ends an upgrade', async () => {
    expect(await lab.sh('freebsd-update -j one fetch')).toMatchObject({
      code: 1,
      text: expect.stringContaining('should not be run non-interactively.\n'),
    })
    setVersion('15.0-RELEASE')
    expect((await lab.sh('freebsd-update -j one -r 15.1 upgrade', 'n\n')).code).toBe(1)
    expect(await update('-j one install')).toMatchObject({ code: 2 })
  })

  it('IDS tells what is otherwise than in the release', async () => {
    const quiet = await lab.sh('freebsd-update -j one IDS')
    expect(quiet).toMatchObject({ code: 0, text: expect.stringMatching(/Inspecting system\.\.\. done\.\n$/) })
    await lab.sh('jexec one chmod 4755 /bin/cat; jexec one rm /bin/ls; jexec one tee /etc/hosts', '127.0.0.1 evil\n')
    expect((await lab.sh('freebsd-update -j one IDS')).text.slice(quiet.text.length)).toMatch(
      /^\/etc\/hosts has SHA256 hash [0-9a-f]{64}, but should have SHA256 hash [0-9a-f]{64}\.\n\/bin\/cat has 04755 permissions, but should have 0755 permissions\.\n$/,
    )
  })

  it('leaves a packaged base alone', async () => {
    lab.write('usr/jails/one/var/db/pkg/base.json', '{}\n')
    expect(await update('-j one fetch install')).toEqual({
      code: 1,
      text: 'freebsd-update is incompatible with the use of packaged base.  Please see\nhttps://wiki.freebsd.org/PkgBase for more information.\n',
    })
  })

  it.each([
    [
      '-j nosuch fetch',
      1,
      /^jexec: jail "nosuch" not found\njls: jail "nosuch" not found\nThe specified jail either doesn't exist or does not have freebsd-version\.\n$/,
    ],
    ['-j one', 1, /^usage: freebsd-update /],
    ['-j one -f /nowhere fetch', 1, /^File does not exist or is not readable: \/nowhere\n$/],
    ['-j one -d /nowhere fetch', 1, /freebsd-update: Directory does not exist or is not writable: \/nowhere\n$/],
    ['-j one cron', 70, /cron is not imitated here\n$/],
  ])('%s', async (words, code, text) => {
    expect(await update(words)).toMatchObject({ code, text: expect.stringMatching(text) })
  })

  it('does not take one release for another', async () => {
    setVersion('15.0-RELEASE')
    expect((await update('-b /usr/jails/one fetch')).code).toBe(70)
    expect((await update('-b /usr/jails/one --currently-running 15.0-RELEASE fetch install')).code).toBe(0)
    expect(await userland()).toBe('15.0-RELEASE-p5')
  })
})

describe('etcupdate', () => {
  it('updates what nobody changed and keeps what somebody did', async () => {
    const tree = async (name: string, texts: Record<string, string>) => {
      for (const [path, text] of Object.entries(texts)) lab.write(`root/${name}/etc/${path}`, text)
      await lab.sh(`tar -cf /root/${name}.tar -C /root/${name} etc`)
    }
    await tree('old', { hosts: 'a\n', motd: 'old\n', gone: 'x\n' })
    await tree('new', { hosts: 'b\n', motd: 'new\n', more: 'y\n' })
    expect(await lab.sh('etcupdate -D /usr/jails/one')).toEqual({ code: 1, text: 'Failed to build new tree.\n' })
    expect(await lab.sh('etcupdate -D /usr/jails/one -t /root/new.tar')).toEqual({
      code: 1,
      text: 'No previous tree to compare against, a sane comparison is not possible.\n',
    })
    await lab.sh('tar -xf /root/old.tar -C /usr/jails/one; etcupdate extract -D /usr/jails/one -t /root/old.tar')
    lab.write('usr/jails/one/etc/motd', 'mine\n')
    const lines = '  D /etc/gone\n  U /etc/hosts\n  C /etc/motd\n  A /etc/more\n'
    expect(await lab.sh('etcupdate -n -D /usr/jails/one -t /root/new.tar')).toEqual({ code: 0, text: lines })
    expect(here('etc/hosts')).toBe('a\n')
    expect(await lab.sh('etcupdate -D /usr/jails/one -t /root/new.tar')).toEqual({ code: 0, text: lines })
    expect([here('etc/hosts'), here('etc/motd'), here('etc/more')]).toEqual(['b\n', 'mine\n', 'y\n'])
    expect((await lab.sh('etcupdate status -D /usr/jails/one')).text).toBe('  C /etc/motd\n')
    expect(await lab.sh('etcupdate -D /usr/jails/one -t /root/new.tar')).toMatchObject({
      code: 1,
      text: 'Conflicts remain from previous update, aborting.\n',
    })
    expect((await lab.sh('etcupdate resolve -D /usr/jails/one')).code).toBe(70)
  })
})
