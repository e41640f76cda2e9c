import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDrivers } from '../../src/host/drivers.ts'
import { handOver } from '../../src/host/proxy/hand-over.ts'
import { changeAndReload, reloadOf } from '../../src/host/proxy/reload.ts'
import { observeProxyLog } from '../../src/host/facts/proxy-log.ts'
import { mapFile } from '../../src/host/proxy/maps.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLogMemory } from '../../src/worker/log-memory.ts'
import { createHaproxyReloads } from '../../src/worker/reload-haproxy.ts'
import { type LabHands, labHands } from './lab-hands.ts'
import { clientsDuring, spareBackends } from './proxy-reload-clients.ts'

let hands: LabHands
let shell: Shell
beforeAll(async () => {
  hands = await labHands({})
  shell = createLocalShell(hands.lab.layout)
  await hands.carryOut(createDrivers(await hands.facts()).proxy.prepare())
})
afterAll(async () => {
  await shell?.stop()
  await hands?.stop()
})

const pid = async () => (await createHaproxySocket(shell, hands.lab.layout.haproxy.socket).info()).get('Pid')

test('whoever comes while it is reloaded is let in, every one', async () => {
  const reload = createDrivers(await hands.facts()).proxy.reload()
  const pids = new Set([await pid()])
  const { seen } = await clientsDuring(hands.lab.layout, async () => {
    for (let times = 0; times < 30; times += 1) {
      await hands.carryOut(reload)
      pids.add(await pid())
    }
  })
  expect(pids.size).toBe(31)
  expect(seen).toEqual(['421'])
}, 120_000)

test('whoever comes while a change is taken back is let in too', async () => {
  const before = hands.reloads.length
  const changed = changeAndReload(hands.lab.layout, spareBackends(hands.lab.layout, ['slot_90']), 'a test')
  const pids = new Set([await pid()])
  const { seen } = await clientsDuring(hands.lab.layout, async () => {
    for (let times = 0; times < 5; times += 1) {
      await hands.takeBack(await hands.carryOut(changed))
      pids.add(await pid())
    }
  })
  expect(pids.size).toBe(6)
  expect(seen).toEqual(['421'])
  // by the rc script a few of thousands are lost, so what was seen is no proof
  expect(hands.reloads.slice(before).map((line) => /for: (.*) \{"by":"(.*?)"/.exec(line)?.slice(1))).toEqual(
    Array.from({ length: 5 }, () => [
      ['a test', 'hand-over'],
      ['what is taken back: a test', 'hand-over'],
    ]).flat(),
  )
}, 120_000)

test('what the rc script would start otherwise is left to it', async () => {
  const { haproxy } = hands.lab.layout
  const how = { timeoutSeconds: 10 }
  const before = await pid()
  const noted = readFileSync(haproxy.pidFile, 'utf8')
  writeFileSync(haproxy.pidFile, '1\n')
  expect(await handOver(shell, haproxy, how)).toBeUndefined()
  writeFileSync(haproxy.pidFile, noted)
  for (const word of ['haproxy_flags=-V', 'haproxy_profiles=two', 'haproxy_pidfile=/var/run/other.pid', 'haproxy_config=/elsewhere']) {
    const name = word.replace(/=.*/, '')
    const was = (await hands.lab.sh(`sysrc -n ${name}`)).text.trim()
    await hands.lab.sh(`sysrc '${word}'`)
    expect((await handOver(shell, haproxy, how))?.exitCode, word).toBe(word.startsWith('haproxy_config') ? 1 : undefined)
    await hands.lab.sh(name === 'haproxy_config' ? `sysrc ${name}=${was}` : `sysrc -x ${name}`)
  }
  expect(await pid()).toBe(before)
  expect(await handOver(shell, haproxy, how)).toMatchObject({ exitCode: 0 })
  expect(await pid()).not.toBe(before)
})

test('what was asked before a reload is remembered after it', async () => {
  const { layout } = hands.lab
  const log = createLogMemory(() => observeProxyLog(shell, layout))
  const reloads = createHaproxyReloads({
    shell,
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
    log,
    file: join(hands.lab.folder, 'log-test.json'),
    folder: hands.lab.folder,
    say: () => undefined,
  })
  appendFileSync(mapFile(layout, 'hosts'), 'logged.example.com none\n')
  await reloads.ask(reloadOf(layout, 'a site'))
  const { bindAddress: address, bindPort: port } = layout.haproxy
  for (const path of ['/one', '/two']) await shell.httpGet({ address, port, path, hostHeader: 'logged.example.com', timeoutSeconds: 5 })
  await reloads.ask(reloadOf(layout, 'another'))

  expect(await observeProxyLog(shell, layout)).toEqual([])
  expect(log.lines()).toMatchObject([
    { host: 'logged.example.com', path: '/one' },
    { host: 'logged.example.com', path: '/two' },
  ])
})

test('files that do not pass leave the one that runs as it is', async () => {
  const { haproxy } = hands.lab.layout
  const before = await pid()
  hands.lab.write('usr/local/etc/haproxy.d/99-broken.cfg', 'frontend broken\n  bogus\n')
  expect(await handOver(shell, haproxy, { timeoutSeconds: 10 })).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('bogus') })
  await expect(hands.carryOut(createDrivers(await hands.facts()).proxy.reload())).rejects.toMatchObject({ code: 'step_failed' })
  expect(await pid()).toBe(before)
})
