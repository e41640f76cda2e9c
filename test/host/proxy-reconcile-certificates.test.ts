import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { frontConfiguration } from '../../src/host/proxy/configuration.ts'
import { readBundle } from '../../src/host/proxy/certificates/pem.ts'
import { certificateFile, certificateList, certificatesFolder } from '../../src/host/proxy/certificates/places.ts'
import { createCertificateSocket } from '../../src/host/proxy/certificates/socket.ts'
import { reconcile } from '../../src/host/proxy/reconcile.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { selfSigned } from '../support/certificates.ts'
import { shownTo } from '../support/tls-client.ts'
import { type OurHaproxy, startOurHaproxy } from './our-haproxy.ts'

const [blog, shop] = ['blog.example.com', 'shop.example.com']
const [first, second, both] = [selfSigned([blog]), selfSigned([blog]), selfSigned([blog, shop])]
const nothing = { mended: [], lacking: [], problems: [] }
let front: OurHaproxy
let shell: Shell
beforeEach(async () => {
  front = await startOurHaproxy(['blog'], { hosts: `${blog} jail_blog\n` }, { tls: true })
  shell = createLocalShell({ programFolders: ['/usr/sbin', '/bin'], jailRoots: front.layout.haproxy.configFolder })
  writeFileSync(fileOf(blog), first.pem)
  writeFileSync(list(), `${readFileSync(list(), 'utf8')}${fileOf(blog)} ${blog}\n`)
  await front.again('killed')
})
afterEach(async () => {
  await shell.stop()
  await front.stop()
})

const fileOf = (site: string) => certificateFile(front.layout, site)
const list = () => certificateList(front.layout)
const haproxy = () => createCertificateSocket(shell, front.layout.haproxy.socket)
const tell = (command: string) => shell.exchange(front.layout.haproxy.socket, `${command}\n`, 5)
const look = () => reconcile(shell, front.layout)
const fingerprint = async (site: string) => {
  const shown = await shownTo(front.layout, site)
  return shown === 'refused' ? shown : shown.fingerprint
}

it('where both agree there is nothing to mend', async () => {
  expect(await look()).toEqual(nothing)
  expect(await fingerprint(blog)).toBe(first.fingerprint)
})

describe('a certificate', () => {
  it('that was changed on disk is shown', async () => {
    writeFileSync(fileOf(blog), second.pem)

    const { mended, ...rest } = await look()

    expect(mended).toEqual([expect.stringContaining(blog)])
    expect(rest).toEqual({ lacking: [], problems: [] })
    expect(await fingerprint(blog)).toBe(second.fingerprint)
    expect(await look()).toEqual(nothing)
  })

  it('that was changed in the running HAProxy is as on disk again', async () => {
    await haproxy().put({ list: list(), path: fileOf(blog), site: blog, ...readBundle(second.pem, 'here') })
    const changed = await fingerprint(blog)

    const { mended } = await look()

    expect(mended).toHaveLength(1)
    expect([changed, await fingerprint(blog)]).toEqual([second.fingerprint, first.fingerprint])
    expect(await look()).toEqual(nothing)
  })

  it('that is shown to nobody, or to more than it should be, is shown to whom the list says', async () => {
    writeFileSync(fileOf(blog), both.pem)
    await look()
    await tell(`add ssl crt-list ${list()} <<\n${fileOf(blog)} ${shop}\n`)
    const more = await fingerprint(shop)
    const { mended } = await look()
    const left = await fingerprint(shop)
    for (const { line } of (await haproxy().entries(list())) ?? []) await tell(`del ssl crt-list ${list()} ${fileOf(blog)}:${line}`)
    const none = await fingerprint(blog)
    await look()

    expect([more, left, none]).toEqual([both.fingerprint, 'refused', 'refused'])
    expect(mended).toHaveLength(1)
    expect(await fingerprint(blog)).toBe(both.fingerprint)
  })

  it('that no file says should be shown is not shown', async () => {
    await haproxy().put({ list: list(), path: fileOf(shop), site: shop, ...readBundle(both.pem, 'here') })

    const { mended } = await look()

    expect(mended).toEqual([expect.stringContaining(fileOf(shop))])
    expect([await fingerprint(shop), await fingerprint(blog)]).toEqual(['refused', first.fingerprint])
    expect(await look()).toEqual(nothing)
  })

  it('of a change that was begun and left is shown all the same', async () => {
    writeFileSync(fileOf(blog), second.pem)
    await tell(`set ssl cert ${fileOf(blog)} <<\n${both.pem.trimEnd()}\n`)

    expect((await look()).problems).toEqual([])
    expect(await fingerprint(blog)).toBe(second.fingerprint)
  })
})

describe('for a person is', () => {
  it.each([
    ['a file that is gone', () => rmSync(fileOf(blog)), 'is gone, and HAProxy would not start without it'],
    ['one that holds none', () => writeFileSync(fileOf(blog), 'x\n'), 'holds no certificate'],
    ['one for another site', () => writeFileSync(fileOf(blog), selfSigned([shop]).pem), `is for ${shop}, not for ${blog}`],
    ['one without its key', () => writeFileSync(fileOf(blog), second.certificate), 'holds no key'],
    ['a list that is gone', () => rmSync(list()), 'is missing'],
    ['a line of somebody else', () => writeFileSync(list(), `/etc/my.pem ${blog}\n`), 'has a line that jailops did not write'],
  ])('%s: what is shown stays', async (_, tamper, sentence) => {
    tamper()

    expect(await look()).toEqual({ ...nothing, problems: [expect.stringContaining(sentence)] })
    expect(await fingerprint(blog)).toBe(first.fingerprint)
  })
})

it('a HAProxy that does not listen for https though its files say so needs a reload', async () => {
  const path = join(front.layout.haproxy.configFolder, '10-front.cfg')
  writeFileSync(path, frontConfiguration(front.layout))
  await front.again('killed')
  writeFileSync(path, frontConfiguration(front.layout, { tls: true }))

  expect(await look()).toEqual({ ...nothing, lacking: ['The running HAProxy does not listen for https.'] })
  await front.again('reloaded')
  expect(await look()).toEqual(nothing)
})

it('a host without https is asked for none', async () => {
  writeFileSync(join(front.layout.haproxy.configFolder, '10-front.cfg'), frontConfiguration(front.layout))
  rmSync(certificatesFolder(front.layout), { recursive: true })
  await front.again('killed')

  expect(await look()).toEqual(nothing)
  expect(existsSync(list())).toBe(false)
})
