import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import fetch from '../../commands/release/fetch.ts'
import remove from '../../commands/release/remove.ts'
import update from '../../commands/release/update.ts'
import type { Manager } from '../../src/core/jail.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { labHands, type LabHands } from '../host/lab-hands.ts'

/* Releases of three managers, fetched, patched, removed and taken back on the lab's UFS. */

let hands: LabHands
const on = (path: string) => join(hands.lab.hostFolder, path)

beforeAll(async () => {
  hands = await labHands({ managers: ['bastille', 'ezjail'] })
}, 120_000)
afterEach(() => setFaults(hands.lab.folder, []))
afterAll(() => hands?.stop())

async function releases(): Promise<string[]> {
  return (await hands.facts()).releases.map(({ manager, name, patchLevel }) => `${manager} ${name} ${patchLevel ?? '?'}`)
}

async function carriedOut(command: typeof fetch, args: Record<string, unknown>) {
  return hands.carryOut((await hands.plan(command, args)).steps)
}

/** What a fetch could leave behind. */
async function traces(): Promise<string> {
  const { text } = await hands.lab.sh(`mdconfig -l; mount -p; ls -A ${on('usr/jails')} ${on('usr/local/bastille/cache')}`)
  const folder = on('usr/jails/.releases')
  return `${text}\n${existsSync(folder) ? readdirSync(folder).join(' ') : ''}`
}

test('what is there from the start, and what it is patched to', async () => {
  expect(await releases()).toEqual([
    expect.stringMatching(/^jail\.conf base 15\.1-RELEASE/),
    expect.stringMatching(/^bastille 15\.1-RELEASE 15\.1-RELEASE/),
    expect.stringMatching(/^ezjail 15\.1-RELEASE 15\.1-RELEASE/),
  ])
})

test.each([
  ['the mirror', '15.0-RELEASE', undefined],
  ['a folder', '15.0-RELEASE', 'usr/freebsd-dist/15.0-RELEASE'],
  ['a disc', '15.1-RELEASE', 'usr/freebsd-dist/disc1.iso'],
])('a release comes from %s, and leaves nothing but itself', async (_, release, from) => {
  const before = await traces()
  const done = await carriedOut(fetch, { release, ...(from !== undefined && { from: on(from) }) })
  expect(await releases()).toContainEqual(expect.stringContaining(`jail.conf ${release} ${release}`))
  expect(readdirSync(on('usr/jails/.releases'))).toEqual([release])
  await hands.takeBack(done)
  expect(await traces()).toBe(before)
})

test.each([
  ['the checksum is another', { program: 'sha256', argumentsInclude: ['-q'], exitCode: 0, stdout: `${'0'.repeat(64)}\n` }, 'MANIFEST'],
  ['tar lies', { program: 'tar', argumentsInclude: ['-xpf'], exitCode: 0 }, 'no FreeBSD base'],
  ['tar fails', { program: 'tar', argumentsInclude: ['-xpf'], exitCode: 1, stderr: 'tar: Truncated input\n' }, 'Truncated'],
  ['it cannot be mounted', { program: 'mount', argumentsInclude: ['cd9660'], exitCode: 1, stderr: 'mount: no\n' }, 'mount'],
  ['it stays mounted', { program: 'umount', exitCode: 1, stderr: 'busy\n', times: 1 }, 'busy'],
])('nothing is left of a fetch from a disc when %s', async (_, fault, words) => {
  const before = await traces()
  const { steps } = await hands.plan(fetch, { release: '15.1-RELEASE', from: on('usr/freebsd-dist/disc1.iso') })
  setFaults(hands.lab.folder, [fault])
  await expect(hands.carryOut(steps)).rejects.toThrow(words)
  setFaults(hands.lab.folder, [])
  expect(await traces()).toBe(before)
})

test('a disc that somebody attached in the meantime stays his', async () => {
  const iso = on('usr/freebsd-dist/disc1.iso')
  const { steps } = await hands.plan(fetch, { release: '15.1-RELEASE', from: iso })
  await hands.lab.sh(`mdconfig -a -t vnode -f ${iso}`)
  await expect(hands.carryOut(steps)).rejects.toThrow('mdconfig')
  expect((await hands.lab.sh('mdconfig -l')).text).toBe('md0\n')
  await hands.lab.sh('mdconfig -d -u 0')
})

test('bastille fetches one, and what it left half made goes', async () => {
  const before = await traces()
  const done = await carriedOut(fetch, { release: '15.0-RELEASE', manager: 'bastille' })
  expect(await releases()).toContainEqual('bastille 15.0-RELEASE 15.0-RELEASE')
  await hands.takeBack(done)
  expect(await traces()).toBe(before)
  const { steps } = await hands.plan(fetch, { release: '15.0-RELEASE', manager: 'bastille' })
  setFaults(hands.lab.folder, [{ program: 'bastille', argumentsInclude: ['bootstrap'], exitCode: 0 }])
  await expect(hands.carryOut(steps)).rejects.toThrow('15.0-RELEASE')
  expect(await traces()).toBe(before)
})

test.each<[Manager, string]>([
  ['jail.conf', '15.0-RELEASE'],
  ['bastille', '15.0-RELEASE'],
])(
  'a release of %s is patched, then once more without change, and removed',
  async (manager, release) => {
    await carriedOut(fetch, { release, manager })
    await carriedOut(update, { release, manager })
    const level = (await releases()).find((line) => line.startsWith(`${manager} ${release}`))
    expect(level).toMatch(/-p[0-9]+$/)
    await carriedOut(update, { release, manager })
    expect(await releases()).toContain(level)
    await carriedOut(remove, { release, manager })
    expect((await releases()).filter((line) => line.startsWith(`${manager} ${release}`))).toEqual([])
  },
  60_000,
)

test("ezjail's base is patched, removed, and installed again from a disc", async () => {
  await carriedOut(update, { release: '15.1-RELEASE', manager: 'ezjail' })
  expect(await releases()).toContainEqual(expect.stringMatching(/^ezjail 15\.1-RELEASE 15\.1-RELEASE-p[0-9]+$/))
  await carriedOut(remove, { release: '15.1-RELEASE', manager: 'ezjail' })
  expect(existsSync(on('usr/jails/basejail'))).toBe(false)
  const before = await traces()
  const done = await carriedOut(fetch, { release: '15.1-RELEASE', manager: 'ezjail', from: on('usr/freebsd-dist/disc1.iso') })
  expect(await releases()).toContainEqual(expect.stringContaining('ezjail 15.1-RELEASE'))
  await hands.takeBack(done)
  expect(await traces()).toBe(before)
}, 60_000)

test('a patch that fails by the network has changed nothing', async () => {
  await carriedOut(fetch, { release: '15.0-RELEASE' })
  const version = on('usr/jails/.releases/15.0-RELEASE/bin/freebsd-version')
  const before = readFileSync(version, 'utf8')
  const { steps } = await hands.plan(update, { release: '15.0-RELEASE' })
  setFaults(hands.lab.folder, [
    { program: 'freebsd-update', argumentsInclude: ['fetch'], exitCode: 1, stderr: 'No mirrors remaining, giving up.\n' },
  ])
  await expect(hands.carryOut(steps.slice(0, 1))).rejects.toThrow('No mirrors')
  expect(readFileSync(version, 'utf8')).toBe(before)
})

test('a release that cannot be read has no patch level, and is not patched', async () => {
  writeFileSync(on('usr/jails/.releases/15.0-RELEASE/bin/freebsd-version'), '#!/bin/sh\n')
  expect(await releases()).toContain('jail.conf 15.0-RELEASE ?')
  await expect(hands.plan(update, { release: '15.0-RELEASE' })).rejects.toThrow('cannot be patched')
})
