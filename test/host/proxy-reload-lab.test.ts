import { connect } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Layout } from '../../src/core/layout.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { handOver } from '../../src/host/proxy/hand-over.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { type LabHands, labHands } from './lab-hands.ts'

let hands: LabHands
let shell: Shell
beforeAll(async () => {
  hands = await labHands({})
  shell = createLocalShell(hands.lab.layout)
  await hands.carryOut(createDrivers(await hands.facts()).proxy.prepare())
}, 60_000)
afterAll(async () => {
  await shell?.stop()
  await hands?.stop()
})

const pid = async () => (await createHaproxySocket(shell, hands.lab.layout.haproxy.socket).info()).get('Pid')

test('whoever comes while it is reloaded is let in, every one', async () => {
  const reload = createDrivers(await hands.facts()).proxy.reload()
  let isOver = false
  const seen = new Map<string, number>()
  const clients = Array.from({ length: 24 }, async () => {
    while (!isOver) {
      const how = await askOnce(hands.lab.layout)
      seen.set(how, (seen.get(how) ?? 0) + 1)
    }
  })
  const pids = new Set([await pid()])
  try {
    for (let times = 0; times < 30; times += 1) {
      await hands.carryOut(reload)
      pids.add(await pid())
    }
  } finally {
    isOver = true
    await Promise.all(clients)
  }
  expect(pids.size).toBe(31)
  expect([...seen.keys()]).toEqual(['421'])
}, 120_000)

test('what the rc script would start otherwise is left to it', async () => {
  const { haproxy } = hands.lab.layout
  const how = { timeoutSeconds: 10 }
  const before = await pid()
  const noted = readFileSync(haproxy.pidFile, 'utf8')
  writeFileSync(haproxy.pidFile, '1\n')
  expect(await handOver(shell, haproxy, how)).toBe(false)
  writeFileSync(haproxy.pidFile, noted)
  for (const word of ['haproxy_flags=-V', 'haproxy_profiles=two', 'haproxy_pidfile=/var/run/other.pid', 'haproxy_config=/elsewhere']) {
    const name = word.replace(/=.*/, '')
    const was = (await hands.lab.sh(`sysrc -n ${name}`)).text.trim()
    await hands.lab.sh(`sysrc '${word}'`)
    expect(await handOver(shell, haproxy, how), word).toBe(false)
    await hands.lab.sh(name === 'haproxy_config' ? `sysrc ${name}=${was}` : `sysrc -x ${name}`)
  }
  expect(await pid()).toBe(before)
  expect(await handOver(shell, haproxy, how)).toBe(true)
  expect(await pid()).not.toBe(before)
}, 60_000)

test('files that do not pass leave the one that runs as it is', async () => {
  const { haproxy } = hands.lab.layout
  const before = await pid()
  hands.lab.write('usr/local/etc/haproxy.d/99-broken.cfg', 'frontend broken\n  bogus\n')
  expect(await handOver(shell, haproxy, { timeoutSeconds: 10 })).toBe(false)
  await expect(hands.carryOut(createDrivers(await hands.facts()).proxy.reload())).rejects.toMatchObject({ code: 'step_failed' })
  expect(await pid()).toBe(before)
}, 60_000)

/** A connection of its own, and how it ended: the status, or the error. */
function askOnce({ haproxy }: Layout): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const client = connect(haproxy.bindPort, haproxy.bindAddress, () =>
      client.write('GET / HTTP/1.1\r\nHost: nobody.invalid\r\nConnection: close\r\n\r\n'),
    )
    client.on('data', (chunk) => (answer += chunk.toString('latin1')))
    client.on('error', (error) => resolve(error.message))
    client.on('close', () => resolve(/^HTTP\/1\.1 ([0-9]{3})/.exec(answer)?.[1] ?? 'no answer'))
  })
}
