import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { layoutSchema } from '../../src/core/layout.ts'
import { emptyMap } from '../../src/host/proxy/maps.ts'
import { withBlock } from '../../src/host/proxy/nginx/block.ts'
import { limitFiles, nginxFront, nginxMaps, type NginxMap } from '../../src/host/proxy/nginx/configuration.ts'
import { nginxFrontServer } from '../../src/host/proxy/nginx/front-server.ts'
import { answersFolder, frontFile, frontServerFile, nginxMapFile, usersFile, usersFolder } from '../../src/host/proxy/nginx/places.ts'
import { upstreamFile, upstreamText } from '../../src/host/proxy/nginx/upstream.ts'
import { saltedHash } from '../../src/host/proxy/nginx/users.ts'
import { exchange, freePort, type OurHaproxy, portOf, replyIn, startTenant } from './our-haproxy.ts'

interface Setup {
  /** `key value` a line. */
  maps: Partial<Record<NginxMap, string>>
  passwords: readonly { host: string; user: string; password: string }[]
  /** Token and thumbprint. */
  answers: Readonly<Record<string, string>>
  limits: readonly number[]
}

/** The machine's own nginx with the files that jailops writes, and behind it one small server a tenant that tells what it saw. */
export async function startOurNginx(
  tenants: readonly string[],
  { maps, passwords, answers, limits }: Setup,
): Promise<Pick<OurHaproxy, 'layout' | 'raw' | 'ask' | 'stop'>> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'jailops-front-')))
  const servers = await Promise.all(tenants.map(startTenant))
  const bindPort = await freePort()
  const [folder, configuration] = [join(root, 'jailops'), join(root, 'nginx.conf')]
  const layout = layoutSchema.parse({
    proxy: 'nginx',
    haproxy: { bindPort },
    nginxFront: { configuration, folder, logFolder: root, pidFile: join(root, 'nginx.pid') },
  })
  for (const path of [folder, usersFolder(layout), answersFolder(layout)]) mkdirSync(path)
  for (const name of nginxMaps)
    writeFileSync(nginxMapFile(layout, name), `${emptyMap(name)}${(maps[name] ?? '').replaceAll(/(.)$/gm, '$1;')}`)
  for (const { host, user, password } of passwords) {
    writeFileSync(usersFile(layout, host), `${user}:${saltedHash(password, Buffer.from('salt of a test'))}\n`)
  }
  for (const [token, thumbprint] of Object.entries(answers)) writeFileSync(join(answersFolder(layout), token), `${token}.${thumbprint}`)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write(frontFile, nginxFront(layout))
  write(frontServerFile, nginxFrontServer(layout))
  for (const { name, content } of limits.flatMap(limitFiles)) write(name, content)
  for (const [index, jail] of tenants.entries()) {
    const place = { address: '127.0.0.1', port: portOf(servers[index]) }
    write(upstreamFile(`jail_${jail}`), upstreamText(`jail_${jail}`, [{ jail, place, weight: 100, isDrained: false }]))
  }
  writeFileSync(configuration, withBlock(mainText(root), folder))
  const errors = join(root, 'error.log')
  const child = spawn('/usr/sbin/nginx', ['-e', errors, '-c', configuration, '-g', 'daemon off;'], { stdio: 'ignore' })
  const raw = (bytes: string) => exchange(bindPort, bytes)
  const ask: OurHaproxy['ask'] = async (host, { path = '/', headers = [], method = 'GET' } = {}) =>
    replyIn(await raw([`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n')))
  await vi.waitFor(() => raw('GET / HTTP/1.0\r\n\r\n'))
  return {
    layout,
    raw,
    ask,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
      rmSync(root, { recursive: true, force: true })
    },
  }
}

function mainText(root: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${join(root, name)};`)
  const user = process.getuid?.() === 0 ? 'user root root;\n' : ''
  return `pid ${join(root, 'nginx.pid')};\n${user}events {}\nhttp {\n${temporary.join('\n')}\n}\n`
}
