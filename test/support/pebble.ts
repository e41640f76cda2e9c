import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { vi } from 'vitest'
import { selfSigned } from './certificates.ts'

/** Let's Encrypt's own small server for tests: the real RFC 8555, strict, and refusing good nonces now and then. */
export interface Pebble {
  directory: string
  caFile: string
  stop(): Promise<void>
}

const programs = ['pebble', 'pebble-challtestsrv']

/** Debian has it as a package; without it the tests that need one are skipped. */
export const hasPebble = programs.every((name) => findOnPath(name) !== undefined)

/** Every name leads to 127.0.0.1, and port 80 of each is `httpPort`. Of good nonces it refuses so many percent. */
export async function startPebble({ httpPort, refusedNonces }: { httpPort: number; refusedNonces: number }): Promise<Pebble> {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-pebble-'))
  const [listen, management, dns, dnsManagement] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const [caFile, privateKey, config] = [join(folder, 'cert.pem'), join(folder, 'key.pem'), join(folder, 'config.json')]
  const { certificate, key } = selfSigned(['127.0.0.1'])
  writeFileSync(caFile, certificate)
  writeFileSync(privateKey, key)
  const settings = {
    listenAddress: `127.0.0.1:${listen}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: caFile,
    privateKey,
    httpPort,
    tlsPort: 1,
  }
  writeFileSync(config, JSON.stringify({ pebble: settings }))
  const env = {
    PATH: process.env['PATH'] ?? '',
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: String(refusedNonces),
    PEBBLE_AUTHZREUSE: '0',
  }
  const none = ['-http01', '', '-https01', '', '-tlsalpn01', '']
  const children = [
    start(
      'pebble-challtestsrv',
      ['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`, '-defaultIPv6', '', ...none],
      env,
    ),
    start('pebble', ['-strict', '-config', config, '-dnsserver', `127.0.0.1:${dns}`], env),
  ]
  const directory = `https://127.0.0.1:${listen}/dir`
  const stop = async () => {
    await Promise.all(children.map(end))
    rmSync(folder, { recursive: true, force: true })
  }
  const answers = () => execFileSync('curl', ['-sf', '--cacert', caFile, directory], { stdio: 'ignore' })
  await vi.waitFor(answers, { interval: 100 })
  return { directory, caFile, stop }
}

function start(program: string, args: string[], env: Record<string, string>): ChildProcess {
  return spawn(program, args, { stdio: 'ignore', env })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => isExecutable(path))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
