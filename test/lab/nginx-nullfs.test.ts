import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { siteEndpoint } from '../../src/core/layout.ts'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
let url: string
let endpoint: string
beforeAll(async () => {
  lab = await temporaryLab()
  const address = lab.layout.pool.replace(/0\/24$/, '2')
  const site = siteEndpoint(lab.layout, address, 0)
  endpoint = `${site.address}:${site.port}`
  url = `http://${endpoint}/`
  await lab.sh(
    'cp -a /usr/jails/.base /usr/jails/web; mkdir /usr/jails/web/base /usr/jails/web/usr/local/www/site /usr/jails/web/usr/local/www/more',
  )
  lab.write('var/sites/web/index.html', 'from the host\n')
  await lab.sh(
    `jail -c name=web path=/usr/jails/web 'ip4.addr=lo1|${address}/32' 'mount=/usr/jails/.base /usr/jails/web/base nullfs ro 0 0' persist; pkg -j web install -y nginx`,
  )
  await lab.sh('mount -t nullfs -o ro /var/sites/web /usr/jails/web/usr/local/www/site')
})
afterAll(() => lab.remove())

const configure = (root: string, more = '') =>
  lab.write(
    'usr/jails/web/usr/local/etc/nginx/nginx.conf',
    `events {}\nhttp { ${more} server { listen ${endpoint}; location / { root ${root}; index index.html; } } }\n`,
  )

describe('nginx in a jail with mounts', () => {
  it('serves what shows through a nullfs', async () => {
    configure('/usr/local/www/site')
    expect((await lab.sh('service -j web nginx onestart')).text).toContain('Starting nginx.')
    expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('from the host\n')
    await lab.sh('service -j web nginx onestop')
  })

  it.each([
    ['/usr/local/www', '', 'the nullfs below it, on /usr/jails/web/usr/local/www/site, is not imitated here'],
    ['/usr/local/www/more', 'access_log /usr/local/www/site/access.log;', 'writing to a read-only mount is not imitated here'],
  ])('is refused for the root %s %s', async (root, more, why) => {
    configure(root, more)
    const ran = await lab.sh('service -j web nginx onestart')
    expect(ran.text).toContain(why)
    expect(ran.code).toBe(70)
  })
})
