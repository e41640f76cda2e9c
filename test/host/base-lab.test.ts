import { afterAll, beforeAll, expect, test } from 'vitest'
import create from '../../commands/jail/create.ts'
import update from '../../commands/jail/update.ts'
import { labHands, type LabHands } from './lab-hands.ts'

/* A jail's base, patched and taken back on the lab, with ZFS and without. */

const hosts: LabHands[] = []

beforeAll(async () => {
  for (const zfs of [false, true]) hosts.push(await labHands({ zfs }))
}, 120_000)
afterAll(async () => {
  for (const hands of hosts) await hands.stop()
})

async function userland({ lab }: LabHands): Promise<string> {
  return (await lab.sh('jexec blog freebsd-version -u')).text
}

test.each([0, 1])('a jail is patched, with its sites up again (host %i)', async (index) => {
  const hands = hosts[index]
  if (hands === undefined) throw new Error('no such host')
  await hands.carryOut((await hands.plan(create, { jail: 'blog', nginx: 'no' })).steps)
  const before = await userland(hands)
  const plan = await hands.plan(update, { jail: 'blog' })
  expect(plan.remarks.join()).toContain(before.trim())
  const done = await hands.carryOut(plan.steps)
  expect(await userland(hands)).toMatch(/-p[0-9]+\n$/)
  if (index === 0) return
  await hands.takeBack(done)
  expect(await userland(hands)).toBe(before)
})
