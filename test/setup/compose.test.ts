import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const root = join(import.meta.dirname, '..', '..')

const volumeSchema = z.union([
  z.string(),
  z.object({
    source: z.string(),
    target: z.string(),
    read_only: z.boolean().optional(),
    volume: z.object({ subpath: z.string() }).optional(),
  }),
])
const serviceSchema = z.looseObject({
  command: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  restart: z.string(),
  privileged: z.boolean().default(false),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(volumeSchema).default([]),
})
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.null()),
})

const compose = composeSchema.parse(
  Object.fromEntries(
    Object.entries(parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as object).filter(
      ([key]) => !key.startsWith('x-'),
    ),
  ),
)
const services = Object.entries(compose.services)

function service(name: string) {
  return serviceSchema.parse(compose.services[name])
}

describe('docker-compose.yml', () => {
  test('has the four services', () => {
    expect(Object.keys(compose.services)).toEqual(['redis', 'keys', 'bot', 'worker'])
  })

  test.each(services)('%s publishes no port but on this machine', (_name, { ports, network_mode: mode, privileged }) => {
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
    expect(mode ?? 'none').toBe('none')
    expect(privileged).toBe(false)
  })

  test('Redis writes to the disk before it answers, and its network leads nowhere', () => {
    const { command, ports, networks, volumes } = service('redis')
    expect(command.join(' ')).toContain('--appendonly yes')
    expect(command.join(' ')).toContain('--appendfsync always')
    expect(ports).toEqual([])
    expect(networks.map((network) => compose.networks[network])).toEqual([{ internal: true }])
    expect(volumes).toEqual(['redis:/data'])
  })

  test.each(['bot', 'worker'])('%s reads its own keys and cannot write them', (name) => {
    const keys = service(name).volumes.filter((volume) => JSON.stringify(volume).includes('/keys'))
    expect(keys).toEqual([expect.objectContaining({ source: 'keys', target: '/keys', read_only: true, volume: { subpath: name } })])
  })

  test.each(['bot', 'worker'])('%s starts after Redis and the keys, comes back, and is watched', (name) => {
    const { depends_on: after, restart, healthcheck } = service(name)
    expect(after).toEqual({ redis: { condition: 'service_healthy' }, keys: { condition: 'service_completed_successfully' } })
    expect(restart).toBe('unless-stopped')
    expect(healthcheck).toBeDefined()
    expect(service('redis').healthcheck).toBeDefined()
  })

  test('names only networks and volumes that it declares', () => {
    for (const [, { networks, volumes }] of services) {
      expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(networks))
      const named = volumes.map((volume) => (typeof volume === 'string' ? (volume.split(':')[0] ?? '') : volume.source))
      expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named.filter((source) => /^[a-z]/.test(source))))
    }
  })
})

describe('Dockerfile', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')

  test('does not run as root', () => {
    expect(dockerfile).toMatch(/^USER node$/m)
  })

  test('copies only what .dockerignore lets through', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '))
    expect(copied.map((source) => `!${source}`).toSorted()).toEqual(allowed.toSorted())
  })
})
