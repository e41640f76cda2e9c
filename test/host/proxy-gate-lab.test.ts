import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDrivers } from '../../src/host/drivers.ts'
import { mapStep } from '../../src/host/proxy/maps.ts'
import { reconcile } from '../../src/host/proxy/reconcile.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { type LabHands, labHands } from './lab-hands.ts'
import { spareBackends } from './proxy-reload-clients.ts'

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

test('of what is told while others reload nothing is lost with the process that it was told to', async () => {
  const { layout } = hands.lab
  const reload = createDrivers(await hands.facts()).proxy.reload()
  let isOver = false
  const tells = async (lane: number) => {
    let count = 0
    for (; !isOver; count += 1) await hands.carryOut([mapStep(layout, 'A line', 'limit', `h${count}.lane${lane}.example.com`, '5')])
    return count
  }

  const lanes = [1, 2, 3].map(tells)
  const before = hands.reloads.length
  for (let times = 0; times < 12; times += 1) await hands.carryOut(reload)
  isOver = true
  const told = (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0)

  expect(hands.reloads.length - before).toBe(12)
  expect(told).toBeGreaterThan(50)
  expect(await reconcile(shell, layout)).toEqual({ mended: [], lacking: [], problems: [] })
})

test('files that come and go side by side are each checked with a folder that stays as it is meanwhile', async () => {
  const comesAndGoes = async (slot: string) => {
    for (let times = 0; times < 4; times += 1) await hands.takeBack(await hands.carryOut([spareBackends(hands.lab.layout, [slot])]))
  }

  await Promise.all(['slot_91', 'slot_92', 'slot_93', 'slot_94'].map(comesAndGoes))

  expect(await reconcile(shell, hands.lab.layout)).toEqual({ mended: [], lacking: [], problems: [] })
})
