import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { type Layout, layoutSchema } from '../../src/core/layout.ts'
import { backendFile, backendText } from '../../src/host/proxy/backend-file.ts'
import { baseConfiguration, baseFile, frontConfiguration, frontFile } from '../../src/host/proxy/configuration.ts'
import { certificateList, certificatesFolder, emptyCertificateList } from '../../src/host/proxy/certificates/places.ts'
import { emptyMap, mapFile, type MapName, mapNames, mapsFolder } from '../../src/host/proxy/maps.ts'

export interface OurHaproxy {
  layout: Layout
  /** Sends these bytes and gives back all that came until the other side closed. */
  raw(bytes: string): Promise<string>
  ask(host: string, more?: { path?: string; headers?: readonly string[]; method?: string }): Promise<Reply>
  /** Another process in its place: after a kill -9, or as the port's rc script reloads (`-sf`). */
  again(how: 'killed' | 'reloaded'): Promise<void>
  stop(): Promise<void>
}

export interface Reply {
  status: number
  headers: string
  /** What the tenant saw; absent where no tenant was asked. */
  tenant?: Seen
}
export interface Seen {
  tenant: string
  url: string
  headers: Record<string, string | string[]>
}

/** The machine's own HAProxy with the files that jailops writes, and behind it one small server a tenant that tells what it saw. */
export async function startOurHaproxy(
  tenants: readonly string[],
  maps: Partial<Record<MapName, string>>,
  { tls = false }: { tls?: boolean } = {},
): Promise<OurHaproxy> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jailops-front-')))
  const servers = await Promise.all(tenants.map(startTenant))
  const [bindPort, tlsPort] = [await freePort(), await freePort()]
  const layout = layoutSchema.parse({
    haproxy: { configFolder: join(folder, 'haproxy.d'), socket: join(folder, 'admin.sock'), bindPort, tlsPort },
  })
  mkdirSync(mapsFolder(layout), { recursive: true })
  for (const name of mapNames) writeFileSync(mapFile(layout, name), `${emptyMap(name)}${maps[name] ?? ''}`)
  const write = (name: string, text: string) => writeFileSync(join(layout.haproxy.configFolder, name), text)
  write(baseFile, baseConfiguration(layout))
  write(frontFile, frontConfiguration(layout, { tls }))
  if (tls) {
    mkdirSync(certificatesFolder(layout))
    writeFileSync(certificateList(layout), emptyCertificateList)
  }
  for (const [index, jail] of tenants.entries()) {
    const place = { address: '127.0.0.1', port: portOf(servers[index]) }
    write(backendFile(`jail_${jail}`), backendText(`jail_${jail}`, [{ server: jail, jail, place, weight: 100 }]))
  }
  let child = start(layout)
  const raw = (bytes: string) => exchange(bindPort, bytes)
  const ask: OurHaproxy['ask'] = async (host, { path = '/', headers = [], method = 'GET' } = {}) =>
    replyIn(await raw([`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n')))
  await vi.waitFor(() => raw('GET / HTTP/1.0\r\n\r\n'))
  return {
    layout,
    raw,
    ask,
    async again(how) {
      const old = child
      if (how === 'killed') await end(old)
      child = start(layout, how === 'killed' ? [] : ['-sf', String(old.pid)])
      if (how === 'reloaded') await once(old, 'exit')
      await vi.waitFor(() => raw('GET / HTTP/1.0\r\n\r\n'))
    },
    async stop() {
      await end(child)
      await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function start({ haproxy }: Layout, more: readonly string[] = []): ChildProcess {
  const env = { PATH: '/usr/local/sbin:/usr/sbin:/sbin' }
  return spawn(process.env['JAILOPS_TEST_HAPROXY'] ?? 'haproxy', ['-db', '-f', haproxy.configFolder, ...more], { stdio: 'ignore', env })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

export function replyIn(text: string): Reply {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2)
  const seen: unknown = body.startsWith('{') ? JSON.parse(body) : undefined
  return { status: Number(/^HTTP\/1\.[01] ([0-9]{3})/.exec(head)?.[1] ?? 0), headers: head, ...(isSeen(seen) && { tenant: seen }) }
}

function isSeen(value: unknown): value is Seen {
  return typeof value === 'object' && value !== null && 'tenant' in value
}

export async function startTenant(tenant: string): Promise<Server> {
  const server = createServer((request: IncomingMessage, response) => {
    const seen = JSON.stringify({ tenant, url: request.url, headers: request.headers })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(seen) })
    response.end(seen)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

export function portOf(server: Server | undefined): number {
  const address = server?.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const client = connect(port, '127.0.0.1', () => client.write(bytes, 'latin1'))
    client.setTimeout(15_000, () => client.destroy(new Error('no answer in 15 s')))
    client.on('data', (chunk) => (answer += chunk.toString('latin1')))
    client.on('error', reject)
    client.on('close', () => resolve(answer))
  })
}
