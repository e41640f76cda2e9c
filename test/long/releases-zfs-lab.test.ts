import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import fetch from '../../commands/release/fetch.ts'
import remove from '../../commands/release/remove.ts'
import update from '../../commands/release/update.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { labHands, type LabHands } from '../host/lab-hands.ts'

/* Releases that are datasets: jail.conf's, bastille's and iocage's, on the lab's pool. */

let hands: LabHands

beforeAll(async () => {
  hands = await labHands({ zfs: true, managers: ['bastille', 'iocage'] })
}, 120_000)
afterEach(() => setFaults(hands.lab.folder, []))
afterAll(() => hands?.stop())

async function carriedOut(command: typeof fetch, args: Record<string, unknown>) {
  return hands.carryOut((await hands.plan(command, args)).steps)
}

async function zfs(): Promise<string[]> {
  const { text } = await hands.lab.sh('zfs list -H -t all -o name')
  return text.split('\n').filter((line) => line !== '')
}

async function levelOf(manager: string): Promise<string | undefined> {
  return (await hands.facts()).releases.find((one) => one.manager === manager && one.name === '15.0-RELEASE')?.patchLevel
}

test('a release of jail.conf is a dataset to clone, and after a patch its clones stay what they were', async () => {
  const before = await zfs()
  await hands.takeBack(await carriedOut(fetch, { release: '15.0-RELEASE' }))
  expect(await zfs()).toEqual(before)

  await carriedOut(fetch, { release: '15.0-RELEASE' })
  const dataset = (await hands.facts()).datasets.find((one) => one.mountpoint.endsWith('/.releases/15.0-RELEASE'))?.name ?? ''
  expect(await zfs()).toContain(`${dataset}@base`)
  await hands.lab.sh(`zfs clone ${dataset}@base zroot/thin`)

  await hands.takeBack(await carriedOut(update, { release: '15.0-RELEASE' }))
  expect(await levelOf('jail.conf')).toBe('15.0-RELEASE')
  expect((await zfs()).filter((name) => name.startsWith(`${dataset}@`))).toEqual([`${dataset}@base`])

  await carriedOut(update, { release: '15.0-RELEASE' })
  expect(await levelOf('jail.conf')).toMatch(/-p[0-9]+$/)
  expect((await hands.facts()).datasets.find(({ name }) => name === 'zroot/thin')?.origin).toBe(`${dataset}@base-until-rabcdefghjkmnpqr`)
  await expect(hands.plan(remove, { release: '15.0-RELEASE', manager: 'jail.conf' })).rejects.toThrow('zroot/thin')

  await hands.lab.sh('zfs destroy zroot/thin')
  await carriedOut(remove, { release: '15.0-RELEASE', manager: 'jail.conf' })
  expect((await zfs()).filter((name) => name.startsWith(dataset))).toEqual([])
}, 60_000)

test.each(['bastille', 'iocage'])(
  '%s fetches one into datasets, and none is left when it is taken back or removed',
  async (manager) => {
    const before = await zfs()
    await hands.takeBack(await carriedOut(fetch, { release: '15.0-RELEASE', manager }))
    expect(await zfs()).toEqual(before)
    await carriedOut(fetch, { release: '15.0-RELEASE', manager })
    expect(await levelOf(manager)).toMatch(/^15\.0-RELEASE/)
    await carriedOut(remove, { release: '15.0-RELEASE', manager })
    expect(await zfs()).toEqual(before)
  },
  60_000,
)

test.each([
  ['lies', { exitCode: 0 }, 'does not hold'],
  ['fails half-way', { exitCode: 1, stderr: 'no\n', thenRun: true }, 'no'],
])('nothing is left where iocage %s', async (_, fault, words) => {
  const before = await zfs()
  const { steps } = await hands.plan(fetch, { release: '15.0-RELEASE', manager: 'iocage' })
  setFaults(hands.lab.folder, [{ program: 'iocage', argumentsInclude: ['fetch'], ...fault }])
  await expect(hands.carryOut(steps)).rejects.toThrow(words)
  expect(await zfs()).toEqual(before)
})

test("a patch that fails is taken back by the snapshot, bastille's too", async () => {
  await carriedOut(fetch, { release: '15.0-RELEASE', manager: 'bastille' })
  const before = await zfs()
  const { steps } = await hands.plan(update, { release: '15.0-RELEASE', manager: 'bastille' })
  setFaults(hands.lab.folder, [{ program: 'freebsd-update', argumentsInclude: ['install'], exitCode: 1, thenRun: true }])
  await expect(hands.carryOut(steps)).rejects.toThrow('exit code 1')
  expect(await levelOf('bastille')).toBe('15.0-RELEASE')
  expect(await zfs()).toEqual(before)
})
