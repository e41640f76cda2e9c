import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { changeAndReload, reloadIt } from '../../src/host/proxy/reload.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { type LabHands, labHands } from './lab-hands.ts'
import { clientsDuring, spareBackends } from './proxy-reload-clients.ts'

/* Requests that need a reload of the real HAProxy at the same time. */

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

const haproxy = () => createHaproxySocket(shell, hands.lab.layout.haproxy.socket)
const files = () => readdirSync(hands.lab.layout.haproxy.configFolder).toSorted()
const known = async (name: string) => (await haproxy().backends()).includes(name)
const names = (first: number, count: number) => Array.from({ length: count }, (_, index) => `slot_${first + index}`)
const change = (name: string) => changeAndReload(hands.lab.layout, spareBackends(hands.lab.layout, [name]), `${name} is declared`)

test('ten that reload at once share at most two, each sees what it wanted, and nobody who comes meanwhile is lost', async () => {
  const before = hands.reloads.length
  await hands.carryOut([spareBackends(hands.lab.layout, names(100, 10))])

  const { seen } = await clientsDuring(hands.lab.layout, () =>
    Promise.all(
      names(100, 10).map((backend) =>
        hands.carryOut([
          reloadIt(hands.lab.layout, `${backend} is declared`, {
            kind: 'haproxy-backend',
            socket: hands.lab.layout.haproxy.socket,
            backend,
            server: '192.0.2.1:9',
          }),
        ]),
      ),
    ),
  )

  expect(hands.reloads.length - before).toBeLessThanOrEqual(2)
  expect(seen).toEqual(['421'])
})

test('five changes at once, and five that are taken back at once: fewer reloads than requests, nobody lost', async () => {
  const [before, filesBefore] = [hands.reloads.length, files()]

  const { seen } = await clientsDuring(hands.lab.layout, async () => {
    const done = await Promise.all(names(200, 5).map((name) => hands.carryOut(change(name))))
    expect((await haproxy().backends()).filter((name) => /^slot_2\d\d$/.test(name))).toHaveLength(5)
    await Promise.all(done.map((one) => hands.takeBack(one)))
  })

  expect(files()).toEqual(filesBefore)
  expect((await haproxy().backends()).filter((name) => /^slot_2\d\d$/.test(name))).toEqual([])
  expect(seen).toEqual(['421'])
  expect(hands.reloads.length - before).toBeLessThan(10)
  expect(hands.reloads.slice(before).filter((line) => !line.includes('"by":"hand-over"'))).toEqual([])
}, 120_000)

test('of two at once the one whose file does not pass fails alone', async () => {
  const broken: Step = {
    title: 'Write what HAProxy does not read',
    action: {
      kind: 'haproxy-config',
      folder: hands.lab.layout.haproxy.configFolder,
      name: '30-broken.cfg',
      content: 'frontend x\n  bogus\n',
    },
  }

  const [good, bad] = await Promise.allSettled([
    hands.carryOut(change('slot_300')),
    hands.carryOut(changeAndReload(hands.lab.layout, broken, 'a broken file')),
  ])

  expect([good.status, await known('slot_300')]).toEqual(['fulfilled', true])
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'config_invalid', message: expect.stringContaining('bogus') } })
  expect(files()).not.toContain('30-broken.cfg')
})

test('what passes the check and cannot start fails all who shared it: both are taken back, and both say why', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { configFolder } = hands.lab.layout.haproxy
  const [pid, filesBefore, before] = [(await haproxy().info()).get('Pid'), files(), hands.reloads.length]
  const cannotStart = `frontend taken from jail\n  bind 127.0.0.1:${port}\n  default_backend none\n`
  const bad: Step = {
    title: 'Listen where another does',
    action: { kind: 'haproxy-config', folder: configFolder, name: '30-taken.cfg', content: cannotStart },
  }
  const changes = [...changeAndReload(hands.lab.layout, bad, 'a taken port').slice(0, 1), ...change('slot_400').slice(0, 1)]
  const done = []
  for (const one of changes) done.push(await hands.carryOut([one]))

  const ended = await Promise.allSettled(
    ['a taken port', 'slot_400 is declared'].map((why) => hands.carryOut([reloadIt(hands.lab.layout, why)])),
  )
  await Promise.all(done.map((one) => hands.takeBack(one)))

  taken.close()
  await once(taken, 'close')
  const why = {
    code: 'step_failed',
    message: expect.stringMatching(
      /^(?=.*exit code 1.*cannot bind socket.*all of these)(?=.*: .*a taken port)(?=.*: .*slot_400 is declared)/s,
    ),
  }
  expect(ended).toMatchObject([
    { status: 'rejected', reason: why },
    { status: 'rejected', reason: why },
  ])
  // one for both, and one for both ways back
  expect(hands.reloads.slice(before).map(wordsOf)).toEqual([
    { said: 'HAProxy was not reloaded', reasons: ['a taken port', 'slot_400 is declared'] },
    { said: 'HAProxy reloaded', reasons: ['what is taken back: a taken port', 'what is taken back: slot_400 is declared'] },
  ])
  expect(files()).toEqual(filesBefore)
  expect((await haproxy().info()).get('Pid')).not.toBe(pid)
  expect(await known('slot_400')).toBe(false)
})

/** Who shared a reload, in the alphabet's order: they asked at the same time. */
function wordsOf(line: string): { said: string | undefined; reasons: string[] | undefined } {
  const [said, reasons] = line.replace(/ \{.*/, '').split(' for: ')
  return { said, reasons: reasons?.split('; ').toSorted() }
}
