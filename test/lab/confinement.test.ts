import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveInside } from '../../src/lab/paths.ts'
import { temporaryFolder, temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
let outside: string
beforeAll(async () => {
  lab = await temporaryLab()
  outside = temporaryFolder()
  writeFileSync(join(outside, 'victim'), 'own\n')
  await lab.sh('cp -a /usr/jails/.base /usr/jails/evil; jail -c name=evil path=/usr/jails/evil mount.devfs persist')
})
afterAll(async () => {
  await lab.remove()
  rmSync(outside, { recursive: true })
})

describe('in a jail', () => {
  it('links lead nowhere but into the jail', async () => {
    const root = join(lab.hostFolder, 'usr/jails/evil')
    symlinkSync(join(outside, 'victim'), join(root, 'etc/resolv.conf'))
    symlinkSync(outside, join(root, 'usr/local/etc/nginx'))
    symlinkSync('../../../../../../../../../../../..', join(root, 'up'))
    const ran = await lab.sh(
      'jexec evil tee /etc/resolv.conf; jexec evil tee /usr/local/etc/nginx/x; jexec evil ls /up; jexec evil cat /etc/resolv.conf',
      'theirs\n',
    )
    expect(ran.text).toContain('tee: /etc/resolv.conf: No such file or directory\n')
    expect(ran.text).toContain('cat: /etc/resolv.conf: No such file or directory\n')
    expect(ran.text).toContain('\nusr\n')
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('own\n')
    expect(existsSync(join(outside, 'x'))).toBe(false)
    // The link means a folder of the jail's own, which pkg makes there.
    await lab.sh('pkg -j evil install -y nginx')
    expect(existsSync(join(outside, 'nginx.conf'))).toBe(false)
  })

  it('rm -r of a link takes the link', async () => {
    await lab.sh('jexec evil rm -r /usr/local/etc/nginx')
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('own\n')
    expect((await lab.sh('jexec evil rm -rf /')).code).toBe(70)
  })
})

function plant(name: string, target: string): void {
  const link = join(lab.hostFolder, 'usr/jails/evil/etc', name)
  rmSync(link, { force: true })
  symlinkSync(target, link)
}

describe('on the host', () => {
  it('an absolute path means HOST, and what is in the lab means itself', async () => {
    await lab.sh(`mkdir -p /var/db/x; mkdir ${lab.hostFolder}/var/db/y`)
    expect(existsSync(join(lab.hostFolder, 'var/db/x'))).toBe(true)
    expect(existsSync(join(lab.hostFolder, 'var/db/y'))).toBe(true)
  })

  it.each([
    'rm -rf /out/victim',
    'mv /out/victim /tmp/v',
    'mv /tmp /out/t',
    'cp -R /out /tmp/o',
    'cp /etc/rc.conf /out/c',
    'tar -cf /out/t.tar -C /etc .',
    'mkdir /out/d',
  ])('a link that leads out is refused: %s', async (line) => {
    const link = join(lab.hostFolder, 'out')
    if (!existsSync(link)) symlinkSync(outside, link)
    const ran = await lab.sh(line)
    expect(ran.code).toBe(70)
    expect(ran.text).toMatch(/^lab: .*outside the lab\n$/)
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('own\n')
  })

  it.each([
    'tee /usr/jails/evil/etc/planted',
    'tee /usr/jails/evil/etc/to-new',
    'cp /etc/rc.conf /usr/jails/evil/etc/planted',
    'mkdir -p /tmp/c && tee /tmp/c/planted </dev/null && cp /tmp/c/planted /usr/jails/evil/etc',
    'cp -R /tmp/c/ /usr/jails/evil/etc',
    'tar -cf /usr/jails/evil/etc/planted -C /etc .',
    'mkdir -p /tmp/c/folder && tee /tmp/c/folder/new </dev/null && tar -cf /tmp/c.tar -C /tmp/c folder/new && tar -xpf /tmp/c.tar -C /usr/jails/evil/etc',
    'sysrc -f /usr/jails/evil/etc/planted x=y',
    `jail -c name=hook path=/usr/jails/evil exec.prestart="echo theirs >/usr/jails/evil/etc/planted" persist`,
    `jail -c name=hook path=/usr/jails/evil exec.consolelog=/usr/jails/evil/etc/planted exec.start="echo theirs" persist`,
  ])('a link in a jail that leads out as the last component is refused: %s', async (line) => {
    plant('planted', join(outside, 'victim'))
    plant('to-new', join(outside, 'new'))
    plant('folder', outside)
    const ran = await lab.sh(line, 'theirs\n')
    expect(ran.text).toMatch(/lab: .*outside the lab\n$/)
    expect(ran.code).toBe(70)
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('own\n')
    expect(existsSync(join(outside, 'new'))).toBe(false)
    await lab.sh('jail -r hook')
  })

  it('a link that ends in the lab is followed, and one that leads out can be removed', async () => {
    plant('here', 'there')
    expect((await lab.sh('tee /usr/jails/evil/etc/here', 'mine\n')).code).toBe(0)
    expect(readFileSync(join(lab.hostFolder, 'usr/jails/evil/etc/there'), 'utf8')).toBe('mine\n')
    plant('planted', join(outside, 'victim'))
    expect((await lab.sh('mv /usr/jails/evil/etc/planted /tmp/moved && rm /tmp/moved')).code).toBe(0)
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('own\n')
  })

  it('the new file beside one that is rewritten is no link', async () => {
    for (const name of ['rc.conf.sysrc', 'master.passwd.new', 'passwd.new']) plant(name, join(outside, 'victim'))
    await lab.sh('sysrc -j evil a=b; pw -R /usr/jails/evil useradd -n ana -m')
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('own\n')
  })

  it('nobody removes the host itself', async () => {
    expect((await lab.sh('rm -rf /')).code).toBe(70)
    expect((await lab.sh(`rm -rf ${lab.folder}`)).code).toBe(70)
  })

  it('rm stops at a mount, with and without -x', async () => {
    const ran = await lab.sh('rm -x -rf /usr/jails/evil; echo $?')
    expect(ran.text).toBe('rm: /usr/jails/evil/dev: Device busy\nrm: /usr/jails/evil: Directory not empty\n1\n')
  })

  it('schg keeps a file until noschg, also after a move', async () => {
    const ran = await lab.sh(
      'mkdir -p /tmp/a/b; tee /tmp/a/b/c </dev/null; chflags schg /tmp/a/b/c; mv /tmp/a /tmp/z; rm -rf /tmp/z; echo $?; chflags -R noschg /tmp/z; rm -rf /tmp/z; echo $?',
    )
    expect(ran.text).toBe(
      'rm: /tmp/z/b/c: Operation not permitted\nrm: /tmp/z/b: Directory not empty\nrm: /tmp/z: Directory not empty\n1\n0\n',
    )
  })
})

describe('resolveInside', () => {
  it('follows as the kernel does for a jailed process', () => {
    const root = join(outside, 'root')
    mkdirSync(join(root, 'a/b'), { recursive: true })
    writeFileSync(join(root, 'a/file'), '')
    symlinkSync('/a', join(root, 'absolute'))
    symlinkSync('../../../a/b', join(root, 'a/up'))
    symlinkSync('loop', join(root, 'loop'))
    expect(resolveInside(root, '/absolute/file')).toEqual({ kind: 'found', path: join(root, 'a/file') })
    expect(resolveInside(root, '/a/up')).toEqual({ kind: 'found', path: join(root, 'a/b') })
    expect(resolveInside(root, '/absolute', { followLast: false })).toEqual({ kind: 'found', path: join(root, 'absolute') })
    expect(resolveInside(root, '/../../a/new')).toEqual({ kind: 'missing', path: join(root, 'a/new') })
    expect(resolveInside(root, '/loop')).toEqual({ kind: 'error', code: 'ELOOP' })
    expect(resolveInside(root, '/a/file/x')).toEqual({ kind: 'error', code: 'ENOTDIR' })
    expect(resolveInside(root, '/none/x')).toEqual({ kind: 'error', code: 'ENOENT' })
  })
})
