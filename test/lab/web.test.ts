import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { siteEndpoint } from '../../src/core/layout.ts'
import { isAlive } from '../../src/lab/real.ts'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

const jailOf = (name: string, address: string) =>
  `${name} { path = "/usr/jails/$name"; host.hostname = $name; exec.start = "/bin/sh /etc/rc"; exec.stop = "/bin/sh /etc/rc.shutdown jail"; exec.consolelog = /var/log/jail.log;
  ip4.addr = "lo1|${address}/32"; mount.devfs; persist; }\n`

const sites = (lab: TemporaryLab, address: string, index: number) => {
  const site = siteEndpoint(lab.layout, address, index)
  return {
    url: `http://${site.address}:${site.port}`,
    conf: `user www;
pid /var/run/nginx.pid;
events { worker_connections 64; }
http {
  include mime.types;
  access_log /var/log/nginx/access.log;
  server {
    listen ${site.address}:${site.port};
    location / { root /usr/local/www/nginx; index index.html; }
    location = /who { return 200 '$hostname'; } # } not the end
  }
  include /usr/local/etc/nginx/conf.d/*.conf;
}
`,
  }
}

const proxyConf = (lab: TemporaryLab, server: string) => `global
  stats socket ${lab.layout.haproxy.socket} mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend front
  bind ${lab.layout.haproxy.bindAddress}:${lab.layout.haproxy.bindPort}
  default_backend site
backend site
  server one ${server.replace('http://', '')}
`

async function get(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { connection: 'close' } }).catch((error: unknown) => new Response(String(error)))
  return answer.text()
}

function pidsOf(text: string): number[] {
  return [...text.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
}

describe.each([{ sharedAddress: false }, { sharedAddress: true }])('nginx in a jail and HAProxy before it, $sharedAddress', (options) => {
  let lab: TemporaryLab
  let address: string
  beforeAll(async () => {
    lab = await temporaryLab(options)
    address = lab.layout.pool.replace(/0\/24$/, '2')
    lab.write('etc/jail.conf.d/blog.conf', jailOf('blog', address))
    await lab.sh(
      'tar -xpf /usr/freebsd-dist/base.txz -C /usr/jails/blog || { mkdir /usr/jails/blog && tar -xpf /usr/freebsd-dist/base.txz -C /usr/jails/blog; }',
    )
  })
  afterAll(() => lab.remove())

  it('answers with the index page', async () => {
    const { url, conf } = sites(lab, address, 2)
    expect((await lab.sh('jail -f /etc/jail.conf.d/blog.conf -c blog')).text).toBe('blog: created\n')
    expect((await lab.sh('pkg -j blog info -e nginx')).code).toBe(1)
    expect((await lab.sh('pkg -j blog install -y nosuch')).code).toBe(1)
    expect((await lab.sh('pkg -j blog install -y nginx')).code).toBe(0)
    expect((await lab.sh('pkg -j blog info -e nginx')).code).toBe(0)
    await lab.sh('jexec blog tee /usr/local/etc/nginx/nginx.conf >/dev/null', conf)
    expect((await lab.sh('service -j blog nginx start')).text).toBe(
      "Cannot 'start' nginx. Set nginx_enable to YES in /etc/rc.conf or use 'onestart' instead of 'start'.\n",
    )
    expect((await lab.sh('sysrc -j blog nginx_enable=YES')).text).toBe('nginx_enable:  -> YES\n')
    const started = await lab.sh('service -j blog nginx start')
    expect(started.text).toMatch(/^Performing sanity check[^]*test is successful\nStarting nginx\.\n$/)
    expect(await get(url)).toContain('Welcome to nginx!')
  })

  it('tells what nginx -t says with the names that the jail knows', async () => {
    await lab.sh('jexec blog mkdir -p /usr/local/etc/nginx/conf.d')
    await lab.sh('jexec blog tee /usr/local/etc/nginx/conf.d/bad.conf', 'server {\n  sendfile bogus;\n}\n')
    const tested = await lab.sh('jexec blog nginx -t')
    expect(tested).toEqual({
      code: 1,
      text:
        'nginx: [emerg] invalid value "bogus" in "sendfile" directive, it must be "on" or "off" in /usr/local/etc/nginx/conf.d/bad.conf:2\n' +
        'nginx: configuration file /usr/local/etc/nginx/nginx.conf test failed\n',
    })
    expect((await lab.sh('service -j blog nginx reload')).code).toBe(1)
    await lab.sh('jexec blog rm /usr/local/etc/nginx/conf.d/bad.conf')
  })

  it('cannot bind an address that is not the jail’s, and a jail starts all the same', async () => {
    await lab.sh('jexec blog tee /usr/local/etc/nginx/conf.d/far.conf', 'server { listen 127.0.0.77:8080; }\n')
    const tested = await lab.sh('jexec blog nginx -t')
    const failure =
      'nginx: the configuration file /usr/local/etc/nginx/nginx.conf syntax is ok\n' +
      "nginx: [emerg] bind() to 127.0.0.77:8080 failed (49: Can't assign requested address)\n" +
      'nginx: configuration file /usr/local/etc/nginx/nginx.conf test failed\n'
    expect(tested).toEqual({ code: 1, text: failure })
    await lab.sh('jail -f /etc/jail.conf.d/blog.conf -r blog')
    expect(await lab.sh('jail -f /etc/jail.conf.d/blog.conf -c blog')).toEqual({ code: 0, text: 'blog: created\n' })
    expect(await lab.sh('service -j blog nginx start')).toEqual({
      code: 1,
      text: `Performing sanity check on nginx configuration:\n${failure}/usr/local/etc/rc.d/nginx: WARNING: failed precmd routine for nginx\n`,
    })
    await lab.sh('jexec blog tee /usr/local/etc/nginx/conf.d/far.conf', 'server { listen 127.0.0.1:8099; }\n')
    expect((await lab.sh('service -j blog nginx start')).code).toBe(0)
    expect(await get(`http://${lab.layout.sites.kind === 'own-address' ? address : '127.0.0.1'}:8099`)).toContain('404 Not Found')
    await lab.sh('jexec blog rm /usr/local/etc/nginx/conf.d/far.conf')
  })

  it('is reached through HAProxy, which can be reloaded and reports its faults', async () => {
    const { url } = sites(lab, address, 2)
    const { bindAddress, bindPort } = lab.layout.haproxy
    lab.write('usr/local/etc/haproxy.d/10.cfg', proxyConf(lab, url))
    expect((await lab.sh('service haproxy start')).text).toContain("Cannot 'start' haproxy")
    await lab.sh('sysrc haproxy_enable=YES; sysrc haproxy_config=/usr/local/etc/haproxy.d')
    expect(await lab.sh('service haproxy start')).toEqual({ code: 0, text: 'Starting haproxy.\n' })
    expect(await get(`http://${bindAddress}:${bindPort}/who`)).not.toBe('')
    const [first] = pidsOf((await lab.sh('service haproxy status')).text)
    expect((await lab.sh('service haproxy reload')).code).toBe(0)
    const [second] = pidsOf((await lab.sh('service haproxy status')).text)
    expect(second).not.toBe(first)
    expect(await get(`http://${bindAddress}:${bindPort}/`)).toContain('Welcome to nginx!')
    lab.write('usr/local/etc/haproxy.d/20.cfg', 'frontend broken\n  bogus\n')
    expect((await lab.sh('service haproxy configtest')).code).toBe(1)
    const reload = await lab.sh('service haproxy reload')
    expect(reload.code).toBe(1)
    expect(reload.text).toContain('not reloading current process!')
    rmSync(`${lab.hostFolder}/usr/local/etc/haproxy.d/20.cfg`)
  })

  it('comes back after a reboot as rc.conf says, and everything ends with the lab', async () => {
    const { url } = sites(lab, address, 2)
    await lab.sh('sysrc jail_list+=blog')
    const before = pidsOf((await lab.sh('service haproxy status; service -j blog nginx status')).text)
    expect(before).toHaveLength(2)
    await lab.stop()
    expect(before.filter(isAlive)).toEqual([])
    const again = await temporaryLab({ folder: lab.folder })
    expect(again.layout).toEqual(lab.layout)
    Object.assign(lab, again)
    expect((await lab.sh('jls -N')).text).toContain(' blog ')
    expect(await get(`http://${lab.layout.haproxy.bindAddress}:${lab.layout.haproxy.bindPort}/`)).toContain('Welcome to nginx!')
    const [nginx = 0] = pidsOf((await lab.sh('service -j blog nginx status')).text)
    expect((await lab.sh('jail -f /etc/jail.conf.d/blog.conf -r blog')).text).toBe('blog: removed\n')
    expect(isAlive(nginx)).toBe(false)
    expect(await get(url)).toContain('failed')
  })
})
