import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

const mirror = 'https://download.freebsd.org/releases/amd64'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
})
afterAll(() => lab.remove())

describe('fetch', () => {
  it('gets a release and its MANIFEST, which has the archive’s sum', async () => {
    expect(existsSync(join(lab.hostFolder, 'usr/freebsd-dist/15.0-RELEASE'))).toBe(false)
    expect(await lab.sh(`fetch -qo /tmp/base.txz ${mirror}/15.0-RELEASE/base.txz`)).toEqual({ code: 0, text: '' })
    const manifest = await lab.sh(`fetch -qo - ${mirror.replace('.org/', '.org/ftp/')}/15.0-RELEASE/MANIFEST`)
    const [file, digest, count, name, title, state] = (manifest.text.split('\n')[0] ?? '').split('\t')
    expect([file, name, title, state]).toEqual(['base.txz', 'base', '"Base system (MANDATORY)"', 'on'])
    expect(manifest.text.split('\n')[1]).toMatch(/^lib32\.txz\t/)
    expect(Number(count)).toBeGreaterThan(50)
    expect((await lab.sh('sha256 -q /tmp/base.txz')).text).toBe(`${digest}\n`)
    await lab.sh('mkdir /usr/jails/old; tar -xpf /tmp/base.txz -C /usr/jails/old')
    expect(readFileSync(join(lab.hostFolder, 'usr/jails/old/bin/freebsd-version'), 'utf8')).toContain('USERLAND_VERSION="15.0-RELEASE"\n')
  })

  it('gets a file of the host, tells what it did, and with -m not a second time', async () => {
    lab.write('srv/list', 'one\n')
    expect((await lab.sh('fetch -o /tmp file:///srv/list')).text).toMatch(/^list {42} +4 {2}B +4 {2}Bps\n$/)
    expect((await lab.sh('fetch -m -o /tmp/list file:///srv/list')).text).toBe('')
    expect(readFileSync(join(lab.hostFolder, 'tmp/list'), 'utf8')).toBe('one\n')
  })

  it.each([
    [`${mirror}/9.0-RELEASE/base.txz`, 'Not Found'],
    [`${mirror}/15.1-RELEASE/kernel.txz`, 'Not Found'],
    ['https://example.org/x', 'Not Found'],
    ['file:///srv/none', 'No such file or directory'],
  ])('fails for %s', async (url, why) => {
    expect(await lab.sh(`fetch -qo /tmp/x ${url}`)).toEqual({ code: 1, text: `fetch: ${url}: ${why}\n` })
    expect(existsSync(join(lab.hostFolder, 'tmp/x'))).toBe(false)
  })
})

describe('tar', () => {
  it.each([
    ['tar -cJpf /tmp/a.txz --numeric-owner --exclude ./tmp -C /usr/jails/tree .', 'tar -tf /tmp/a.txz'],
    ['tar -C /usr/jails/tree --exclude=./tmp -caf /tmp/b.tgz .', 'tar -tf /tmp/b.tgz'],
    ['tar cf - --exclude ./tmp -C /usr/jails/tree . > $HOSTFOLDER/tmp/c.tar', 'cat $HOSTFOLDER/tmp/c.tar | tar -tf -'],
  ])('%s', async (make, list) => {
    lab.write('usr/jails/tree/etc/x', 'x\n')
    lab.write('usr/jails/tree/tmp/y', 'y\n')
    const line = (text: string) => text.replaceAll('$HOSTFOLDER', lab.hostFolder)
    expect(await lab.sh(line(make))).toEqual({ code: 0, text: '' })
    const { text } = await lab.sh(line(list))
    expect(text.trimEnd().split('\n').toSorted()).toEqual(['./', './etc/', './etc/x'])
  })

  it('copies through a pipe', async () => {
    await lab.sh('mkdir /tmp/copy; tar -cf - -C /usr/jails/tree . | tar -xpf - -C /tmp/copy')
    expect(readFileSync(join(lab.hostFolder, 'tmp/copy/etc/x'), 'utf8')).toBe('x\n')
  })

  it('stays out of a nullfs with --one-file-system only', async () => {
    lab.write('srv/data/z', 'z\n')
    await lab.sh('mkdir /usr/jails/tree/mnt; mount -t nullfs /srv/data /usr/jails/tree/mnt')
    expect((await lab.sh('tar -cf /tmp/d.tar -C /usr/jails/tree .')).code).toBe(70)
    expect((await lab.sh('tar --one-file-system -cf /tmp/d.tar -C /usr/jails/tree .')).code).toBe(0)
    expect((await lab.sh('tar -tf /tmp/d.tar | grep mnt')).text).toBe('./mnt/\n')
  })
})
