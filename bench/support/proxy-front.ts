import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Layout, layoutSchema } from '../../src/core/layout.ts'
import { backendFile, backendText } from '../../src/host/proxy/backend-file.ts'
import { baseConfiguration, baseFile, frontConfiguration, frontFile } from '../../src/host/proxy/configuration.ts'
import { emptyMap, mapFile, mapNames, mapsFolder } from '../../src/host/proxy/maps.ts'

/* HAProxies for benches: with the files that jailops writes, in the seed's style, and one that only answers. */

export interface Haproxy {
  port: number
  pid: number
  /** Of its process until now, in milliseconds. */
  cpu(): number
  stop(): Promise<void>
}

/** So many hosts over so many jails, all of which are the one server at that port. */
export interface Sites {
  hosts: readonly string[]
  jails: number
  backendPort: number
  /** Where what stands for nginx says its figures; with it backends are checked, once an hour. */
  statusPort?: number
}

export function manyHosts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `site-${index}.example.com`)
}

/** Answers every request itself, by as little work as there can be. */
export async function startAnswerer(folder: string): Promise<Haproxy> {
  const port = await freePort()
  const text = `defaults\n  mode http\n  timeout connect 3s\n  timeout client 30s\n  timeout server 30s\nfrontend web\n  bind 127.0.0.1:${port}\n  http-request return status 200 content-type text/plain string ok\n`
  return start(folder, 'answerer.cfg', text, port)
}

/** As `/proxy add` leaves it. Checks of backends are off, or as good as that: they would be counted as routing. */
export async function startOurs(folder: string, { hosts, jails, backendPort, statusPort }: Sites): Promise<Haproxy & { layout: Layout }> {
  const [bindPort, tlsPort] = [await freePort(), await freePort()]
  const configFolder = join(folder, 'haproxy.d')
  const layout = layoutSchema.parse({
    haproxy: { configFolder, socket: join(folder, 's'), bindPort, tlsPort },
    ...(statusPort !== undefined && { sites: { kind: 'own-address', port: backendPort, statusPort } }),
  })
  mkdirSync(mapsFolder(layout), { recursive: true })
  for (const name of mapNames) writeFileSync(mapFile(layout, name), emptyMap(name))
  writeFileSync(mapFile(layout, 'hosts'), hosts.map((host, index) => `${host} jail_site-${index % jails}\n`).join(''))
  writeFileSync(join(configFolder, baseFile), baseConfiguration(layout))
  writeFileSync(join(configFolder, frontFile), frontConfiguration(layout))
  for (let index = 0; index < jails; index += 1) {
    const jail = `site-${index}`
    const place = { address: '127.0.0.1', port: backendPort }
    const text = backendText(`jail_${jail}`, [{ server: jail, jail, place, weight: 100 }])
    writeFileSync(
      join(configFolder, backendFile(`jail_${jail}`)),
      text.replaceAll(/ check inter.*fall 3 rise 2/g, statusPort === undefined ? '' : ' check inter 1h'),
    )
  }
  return { ...(await startAt(configFolder, bindPort)), layout }
}

const seedFile = 'seed.cfg'

/** The seed's style: one ACL and one use_backend a host, and a default backend that is the first tenant. */
export async function startSeedStyle(folder: string, { hosts, jails, backendPort }: Sites): Promise<Haproxy> {
  const port = await freePort()
  return start(folder, seedFile, seedStyle({ hosts, jails, backendPort }, port), port)
}

export function seedStyle({ hosts, jails, backendPort }: Sites, port: number): string {
  const rules = hosts.map((host, index) => `  use_backend site-${index % jails} if { hdr(host) -i ${host} }`)
  const backends = Array.from({ length: jails }, (_, index) => `backend site-${index}\n  server s 127.0.0.1:${backendPort}`)
  return `global
  maxconn 2000
defaults
  mode http
  timeout connect 3s
  timeout client 30s
  timeout server 60s
frontend web
  bind 127.0.0.1:${port}
${rules.join('\n')}
  default_backend site-0
${backends.join('\n')}
`
}

/** A new process takes over from one in the seed's style, as the rc script has it do, which goes on until its requests are over. */
export function reloadSeedStyle(folder: string, { port, pid }: Haproxy): Promise<Haproxy> {
  return startAt(join(folder, seedFile), port, ['-sf', String(pid)])
}

async function start(folder: string, name: string, text: string, port: number): Promise<Haproxy> {
  const path = join(folder, name)
  writeFileSync(path, text)
  return startAt(path, port)
}

async function startAt(path: string, port: number, more: readonly string[] = []): Promise<Haproxy> {
  const child = spawn('haproxy', ['-q', '-db', '-f', path, ...more], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: '/usr/local/sbin:/usr/sbin' },
  })
  await listening(child, port)
  return {
    port,
    pid: child.pid ?? 0,
    cpu: () => cpuOf(child.pid ?? 0),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** utime and stime of /proc, in ticks of 10 ms. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`haproxy ended with ${child.exitCode}`)
    if (await canConnect(port)) return
    await delay(20)
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('connect', () => socket.destroy())
    socket.on('error', () => resolve(false))
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
