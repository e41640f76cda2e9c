import { z } from 'zod'
import { defineCommand, JailopsError, type LookAnswer, plan, resourcesOf, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy https upload',
  summary: 'Show a certificate of your own for a site',
  permission: 'proxy.https.upload',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy https upload blog.example.com from:/root/blog.pem',
  needs: ['jails', 'proxy'],
  args: z.object({
    site: siteName.describe('which site'),
    from: z
      .string()
      .max(200)
      .regex(/^(\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/, 'write a file of the host such as /root/blog.pem')
      .describe('a PEM on the host: leaf, chain, key'),
  }),
  looks: ({ args: { from } }) => ({
    owner: { argv: ['stat', '-f', '%u %Lp %HT', from] },
    certificate: {
      argv: ['openssl', 'x509', '-in', from, '-noout', '-fingerprint', '-sha256', '-issuer', '-enddate', '-ext', 'subjectAltName'],
    },
  }),
  plan(context) {
    const { facts, drivers } = context
    const { site, from } = context.args
    const change = withSettings(context, site, { https: facts.proxy.settings[site]?.https ?? 'also' })
    mustBePrivate(facts.look('owner'), from)
    const { fingerprint, names, issuer, end } = readCertificate(facts.look('certificate'), from)
    if (!names.includes(site) && !names.includes(site.replace(/^[^.]+/, '*'))) {
      throw new JailopsError('certificate_invalid', `The certificate of ${from} is for ${names.join(', ') || 'no name'}, not for ${site}.`)
    }
    const isNew = facts.proxy.settings[site]?.https === undefined
    return plan(
      [
        ...drivers.proxy.prepare(),
        ...drivers.certificates.upload(site, from, fingerprint),
        ...(isNew ? drivers.proxy.set(site, { https: 'also' }) : []),
      ],
      {
        resources: resourcesOf(drivers, [change]),
        ...(isNew && { sites: [change] }),
        outcome: [
          { name: 'Site', value: `https://${site}` },
          { name: 'Certificate', value: `for ${names.join(', ')}, by ${issuer}, until ${end}` },
        ],
        remarks: [`jailops does not renew it: upload the next one before ${end}, or let it get its own: /proxy https on ${site}`],
      },
    )
  },
})

function mustBePrivate({ exitCode, stdout, stderr }: LookAnswer, from: string): void {
  const [owner, mode, ...kind] = stdout.trim().split(' ')
  if (exitCode !== 0) throw new JailopsError('certificate_invalid', `${from} cannot be looked at: ${stderr.trim().slice(0, 200)}`)
  if (kind.join(' ') === 'Regular File' && owner === '0' && /^[0-7]00$/.test(mode ?? '')) return
  throw new JailopsError(
    'certificate_invalid',
    `${from} holds a key, so it must be a file that is root's and that nobody else may read: chown root ${from} && chmod 600 ${from}`,
  )
}

/** What all may know of it. */
function readCertificate({ exitCode, stdout, stderr }: LookAnswer, from: string) {
  const after = (title: RegExp) => title.exec(stdout)?.[1]?.trim() ?? ''
  const fingerprint = after(/fingerprint=(.*)/i)
  if (exitCode !== 0 || fingerprint === '') {
    throw new JailopsError(
      'certificate_invalid',
      `${from} does not begin with a certificate in PEM format (${stderr.trim().split('\n')[0]?.slice(0, 200) ?? ''}). It takes the certificate of the site, its chain, and the key: cat fullchain.pem privkey.pem > ${from}`,
    )
  }
  return {
    fingerprint,
    names: [...stdout.matchAll(/DNS:([^\s,]+)/g)].map(([, name = '']) => name.toLowerCase()),
    issuer: after(/issuer=(.*)/),
    end: after(/notAfter=(.*)/),
  }
}
