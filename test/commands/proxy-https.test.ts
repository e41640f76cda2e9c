import { describe, expect, it } from 'vitest'
import httpsList from '../../commands/proxy/https/list.ts'
import httpsOff from '../../commands/proxy/https/off.ts'
import httpsOn from '../../commands/proxy/https/on.ts'
import httpsOnly from '../../commands/proxy/https/only.ts'
import httpsRenew from '../../commands/proxy/https/renew.ts'
import httpsUpload from '../../commands/proxy/https/upload.ts'
import type { LookAnswer, ObservedFacts } from '../../src/core/host.ts'
import type { Certificate, SiteSettings } from '../../src/core/proxy.ts'
import { answerOf, backendOfJail, jail, planOf, readyProxy, route, titles } from './say.ts'

const site = 'blog.example.com'
const from = '/root/blog.pem'
const certificate: Certificate = {
  site,
  names: [site],
  path: `/usr/local/etc/haproxy.d/certs/${site}.pem`,
  startsAt: 0,
  expiresAt: Date.UTC(2027, 0, 31),
  issuer: "Let's Encrypt",
  isRenewed: true,
}
const fingerprint = Array.from({ length: 32 }, () => '0A').join(':')

function host(certificates: Certificate[] = [], settings: SiteSettings = {}): Partial<ObservedFacts> {
  const proxy = { ...readyProxy, routes: [route], backends: [backendOfJail('blog')], settings: { [site]: settings }, certificates }
  return { jails: [jail()], proxy: { ...proxy, ...(certificates.length > 0 && { tls: true as const }) } }
}

describe('on', () => {
  it('says before whom it asks, and that they come to port 80; listens for https with the first one', () => {
    const plan = planOf(httpsOn, { site }, host())
    expect(titles(plan)).toEqual([
      `Get a certificate for ${site} from acme-v02.api.letsencrypt.org, which comes to port 80 of that name to see that it is ours`,
      'Make the folder of certificates',
      'Write a list of certificates, with none in it yet',
      'Let HAProxy listen for https at 127.0.0.1:443',
      'Reload HAProxy, for it listens for https from now on',
      `Show the certificate for ${site}`,
      `Wait until whoever comes to https://${site} is shown it`,
      `Set https of ${site}`,
    ])
    expect(plan.remarks.join(' ')).toContain(`will connect to port 80 of ${site}`)
    expect(plan.sites).toMatchObject([{ before: { settings: {} }, after: { settings: { https: 'also' } } }])
  })

  it('reloads nothing where another site has one', () => {
    const other = { ...certificate, site: 'shop.example.com' }
    const kinds = planOf(httpsOn, { site }, host([other])).steps.map(({ action }) => action.kind)
    expect(kinds).toEqual(['acme', 'certificate', 'await', 'proxy-map'])
  })

  it.each<[string, Partial<ObservedFacts>, string]>([
    ['*.example.com', { proxy: { ...readyProxy, routes: [{ ...route, host: '*.example.com' }] } }, 'not_supported_by_driver'],
    ['shop.example.com', host(), 'unknown_route'],
  ])('refuses %s', (name, observed, code) => {
    expect(() => planOf(httpsOn, { site: name }, observed)).toThrow(expect.objectContaining({ code }))
  })

  it('leaves one alone that is renewed anyway, and gets one in place of an uploaded one', () => {
    expect(planOf(httpsOn, { site }, host([certificate], { https: 'only' })).steps).toEqual([])
    const uploaded = host([{ ...certificate, isRenewed: false }], { https: 'only' })
    expect(planOf(httpsOn, { site }, uploaded).steps.map(({ action }) => action.kind)).toEqual(['acme', 'certificate', 'await'])
  })
})

describe('upload', () => {
  const text = `sha256 Fingerprint=${fingerprint}\nissuer=CN = CA\nnotAfter=Jan 31 00:00:00 2027 GMT\n    DNS:*.example.com\n`
  const looked = (more: Record<string, LookAnswer> = {}) => ({
    ...host(),
    looked: { owner: says('0 600 Regular File\n'), certificate: says(text), ...more },
  })

  it('approves the one that is there now, and no key is part of the plan', () => {
    const plan = planOf(httpsUpload, { site, from }, looked())
    expect(plan.steps.find(({ action }) => action.kind === 'certificate')?.action).toMatchObject({ from, fingerprint })
    expect(plan.outcome).toContainEqual({ name: 'Certificate', value: 'for *.example.com, by CN = CA, until Jan 31 00:00:00 2027 GMT' })
  })

  it.each<[string, Record<string, LookAnswer>]>([
    ['is not there', { owner: says('', 1) }],
    ['is of somebody else', { owner: says('1001 600 Regular File') }],
    ['others may read', { owner: says('0 640 Regular File') }],
    ['is a link', { owner: says('0 700 Symbolic Link') }],
    ['holds no certificate', { certificate: says('', 1) }],
    ['is for another name', { certificate: says(text.replace('*.example.com', '*.example.org')) }],
    ['is for the parent alone', { certificate: says(text.replace('*.example.com', 'example.com')) }],
  ])('refuses a file that %s', (_, more) => {
    expect(() => planOf(httpsUpload, { site, from }, looked(more))).toThrow(expect.objectContaining({ code: 'certificate_invalid' }))
  })

  it.each(['relative.pem', '/root/../etc/x', '/root/a b', '/root/-in', '/root/x;y', '/root/$HOME'])('never looks at %j', (path) => {
    expect(() => planOf(httpsUpload, { site, from: path }, looked())).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  })
})

describe('only', () => {
  it('sends to https whoever comes, and sees that it does', () => {
    const plan = planOf(httpsOnly, { site }, host([certificate], { https: 'also' }))
    expect(plan.steps.at(-1)?.done).toMatchObject({ kind: 'http', hostHeader: site, statusFrom: 308, statusTo: 308 })
    expect(planOf(httpsOnly, { site }, host([certificate], { https: 'only' })).steps).toEqual([])
  })

  it('is refused without a certificate', () => {
    expect(() => planOf(httpsOnly, { site }, host())).toThrow(expect.objectContaining({ code: 'unknown_certificate' }))
  })
})

describe('renew and off', () => {
  it.each([[[]], [[{ ...certificate, isRenewed: false }]]])('nothing is renewed that we did not get', (certificates) => {
    expect(() => planOf(httpsRenew, { site }, host(certificates))).toThrow(expect.objectContaining({ code: 'unknown_certificate' }))
  })

  it('nobody is sent to https any more when the certificate goes', () => {
    const plan = planOf(httpsOff, { site }, host([certificate], { https: 'only', hsts: 60 }))
    expect(plan.steps.map(({ action }) => action.kind)).toEqual(['proxy-map', 'proxy-map', 'certificate'])
    expect(plan.remarks.join(' ')).toContain('for up to 60 seconds')
  })
})

describe('list', () => {
  it('has the first to end first, and says of one that cannot be read', () => {
    const broken = { ...certificate, site: 'shop.example.com', startsAt: 0, expiresAt: 0, isRenewed: false }
    const { table } = answerOf(httpsList, {}, host([certificate, broken]))
    expect(table?.rows.map((row) => [row[0], row[3], row[4]])).toEqual([
      ['shop.example.com', 'not known: the file cannot be read', 'by whoever got it'],
      [site, '2027-01-31', 'by jailops'],
    ])
  })
})

function says(stdout: string, exitCode = 0): LookAnswer {
  return { exitCode, stdout, stderr: exitCode === 0 ? '' : 'unable to load' }
}
