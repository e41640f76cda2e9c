import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

export interface TestHaproxy {
  folder: string
  configFolder: string
  socket: string
  map: string
  port: number
  stop(): Promise<void>
}

/** The machine's own HAProxy in the foreground, with two backends and a map, in a folder of its own. */
export async function startHaproxy(mapText: string): Promise<TestHaproxy> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jailops-haproxy-')))
  const configFolder = join(folder, 'haproxy.d')
  const socket = join(folder, 'haproxy.sock')
  const map = join(folder, 'hosts.map')
  mkdirSync(configFolder)
  writeFileSync(map, mapText)
  const port = await freePort()
  writeFileSync(join(configFolder, '10-front.cfg'), frontConfig(socket, map, port))
  writeFileSync(join(configFolder, '20-jails.cfg'), jailsConfig)
  const child = spawn(process.env['JAILOPS_TEST_HAPROXY'] ?? 'haproxy', ['-db', '-f', configFolder], {
    stdio: 'ignore',
    env: { ...process.env, PATH: '/usr/local/sbin:/usr/sbin:/sbin' },
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  await vi.waitFor(() => {
    if (!existsSync(socket)) throw new Error(`haproxy has not started yet (exit code ${child.exitCode})`)
  })
  return { folder, configFolder, socket, map, port, stop }
}

function frontConfig(socket: string, map: string, port: number): string {
  return `global
  stats socket ${socket} mode 600 level admin
defaults jail
  option httpchk GET /
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
frontend web from jail
  bind 127.0.0.1:${port}
  use_backend %[req.fhdr(host),host_only,lower,map_str(${map},none)]
  default_backend none
backend none from jail
  http-request return status 421
`
}

const jailsConfig = `backend jail_blog from jail
  server s 127.0.0.2:18080
backend jail_shop from jail
  server s 127.0.0.3:18081 check
`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
