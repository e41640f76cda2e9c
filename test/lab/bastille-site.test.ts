import { expect, it } from 'vitest'
import { siteEndpoint } from '../../src/core/layout.ts'
import { temporaryLab } from './temporary-lab.ts'

it('a thin jail of bastille serves a site', async () => {
  const lab = await temporaryLab({ managers: ['bastille'] })
  const address = lab.layout.pool.replace(/0\/24$/, '2')
  const site = siteEndpoint(lab.layout, address, 2)
  await lab.sh(`bastille create wiki 15.1-RELEASE ${address}`)
  await lab.sh('bastille pkg -y wiki install nginx')
  lab.write(
    'usr/local/bastille/jails/wiki/root/usr/local/etc/nginx/nginx.conf',
    `events { worker_connections 64; }
http { server { listen ${site.address}:${site.port}; location / { return 200 'by bastille'; } } }\n`,
  )
  await lab.sh('bastille sysrc wiki nginx_enable=YES')

  const started = await lab.sh('bastille restart wiki')
  const answer = await fetch(`http://${site.address}:${site.port}/`, { headers: { connection: 'close' } })
  const text = await answer.text()
  const status = await lab.sh('bastille service wiki nginx status')
  await lab.sh('bastille destroy -ay wiki')
  await lab.remove()

  expect(started.code).toBe(0)
  expect(text).toBe('by bastille')
  expect(status.text).toMatch(/nginx is running as pid \d+\.\n/)
})
