import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layoutSchema } from '../../src/core/layout.ts'
import { nginxStatusSource } from '../../src/host/facts/nginx-status.ts'
import { observeProxyStatus } from '../../src/host/facts/proxy-status.ts'
import { upstreamFile, upstreamText } from '../../src/host/proxy/nginx/upstream.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'

let folder: string
let shell: Shell
const servers: Server[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-status-'))
  shell = createLocalShell({ programFolders: ['/usr/sbin', '/usr/bin', '/bin'], jailRoots: join(folder, 'jails') })
})
afterEach(async () => {
  await shell.stop()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

/** @returns its port */
async function answering(body: string): Promise<number> {
  const server = createServer((_request, response) => response.end(body))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it listens at a port')
  return address.port
}

const stubStatus = 'Active connections: 3 \nserver accepts handled requests\n 9 9 9 \nReading: 0 Writing: 1 Waiting: 2 \n'

test('a jail that died before anybody came is told as down, among those that are up', async () => {
  const layout = layoutSchema.parse({
    haproxy: { bindAddress: '127.0.0.1', bindPort: await answering(stubStatus) },
    nginxFront: { folder: join(folder, 'front'), logFolder: join(folder, 'log') },
  })
  mkdirSync(join(folder, 'front', 'maps'), { recursive: true })
  const alive = await answering('hello')
  const dead = await answering('not for long')
  await new Promise((resolve) => servers.pop()?.close(resolve))
  for (const [jail, port] of [
    ['blog', alive],
    ['shop', dead],
  ] as const) {
    const place = { address: '127.0.0.1', port }
    const name = `jail_${jail}`
    writeFileSync(join(folder, 'front', upstreamFile(name)), upstreamText(name, [{ jail, place, weight: 100, isDrained: false }]))
  }

  const source = await nginxStatusSource(shell, layout, Date.now)

  expect(source?.table.figures('jail_blog')).toMatchObject({ isUp: true, usable: 1 })
  expect(source?.table.figures('jail_shop')).toMatchObject({ isUp: false, usable: 0 })
  const routed = source && { ...source, hosts: new Map([['shop.example.com', 'jail_shop']]) }
  const status = await observeProxyStatus(Promise.resolve(routed))
  expect(status?.backends.map(({ name, status: word }) => [name, word])).toEqual([['jail_shop', 'DOWN']])
})
