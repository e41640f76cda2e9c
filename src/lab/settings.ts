import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { proxyKinds } from '../core/proxy.ts'

/** Chosen at the first start and kept: the same folder is the same host again. */
const settingsSchema = z.strictObject({
  pool: z.cidrv4(),
  sitePort: z.int(),
  statusPort: z.int(),
  proxyPort: z.int(),
  /** Folders of before there was one: 0, and one is chosen. */
  tlsPort: z.int().default(0),
  sharedAddress: z.boolean(),
  /** Its files lie in a pool, zroot; jails are datasets. */
  zfs: z.boolean(),
  /** Jail managers that are installed beside the base system's own. */
  managers: z.array(z.enum(['bastille', 'iocage', 'ezjail'])),
  /** What stands in front; nginx is installed on the host only there. */
  proxy: z.enum(proxyKinds).default('haproxy'),
})

export type Settings = z.infer<typeof settingsSchema>

type Wishes = Partial<Pick<Settings, 'proxyPort' | 'sharedAddress' | 'zfs' | 'managers' | 'proxy'>>

export async function loadSettings(folder: string, options: Wishes): Promise<Settings> {
  const file = join(folder, 'settings.json')
  const kept = existsSync(file) ? settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : await choose(options)
  const tlsPort = kept.tlsPort === 0 ? await need(freePort('127.0.0.1')) : kept.tlsPort
  const settings = { ...kept, tlsPort, proxyPort: options.proxyPort ?? kept.proxyPort }
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`)
  return settings
}

async function choose({ sharedAddress: asked, zfs = false, managers = [], proxy = 'haproxy' }: Wishes): Promise<Settings> {
  const second = randomInt(1, 250)
  const third = randomInt(1, 250)
  const canBind = (await freePort(`127.${second}.${third}.2`)) !== undefined
  const sharedAddress = asked ?? (process.platform !== 'linux' || !canBind)
  if (!sharedAddress && !canBind) throw new Error(`lab: this machine does not bind 127.${second}.${third}.2: use sharedAddress`)
  const site = sharedAddress ? await freeRange() : await need(freePort(`127.${second}.${third}.2`))
  const status = sharedAddress ? site + 256 : await need(freePort(`127.${second}.${third}.2`, [site]))
  const proxyPort = await need(freePort('127.0.0.1', [site, status]))
  const tlsPort = await need(freePort('127.0.0.1', [site, status, proxyPort]))
  return {
    pool: `127.${second}.${third}.0/24`,
    sitePort: site,
    statusPort: status,
    proxyPort,
    tlsPort,
    sharedAddress,
    zfs,
    managers,
    proxy,
  }
}

async function need(port: Promise<number | undefined>): Promise<number> {
  const found = await port
  if (found === undefined) throw new Error('lab: no free port')
  return found
}

/** Below the ports that the system gives to outgoing connections, so that nothing takes it between two starts. */
async function freePort(address: string, taken: number[] = []): Promise<number | undefined> {
  for (let turn = 0; turn < 50; turn++) {
    const port = randomInt(10_000, 30_000)
    if (!taken.includes(port) && (await canListen(address, port))) return port
  }
  return undefined
}

/** 512 ports in a row, two for each address of the pool; only some are tried. */
async function freeRange(): Promise<number> {
  for (let turn = 0; turn < 50; turn++) {
    const first = randomInt(40, 120) * 256
    const tried = await Promise.all([1, 2, 3, 10, 50, 257, 258, 300].map((step) => canListen('127.0.0.1', first + step)))
    if (tried.every(Boolean)) return first
  }
  throw new Error('lab: no free range of ports')
}

function canListen(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, address, () => server.close(() => resolve(true)))
  })
}
