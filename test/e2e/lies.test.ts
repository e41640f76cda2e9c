import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Card } from '../../src/core/card.ts'
import { type Fault, setFaults } from '../../src/lab/lab.ts'
import { isAlive } from '../../src/lab/real.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { listing, processesOf, temporaryFolder } from '../support/house.ts'

/* Programs that lie, fail or hang: the card says what is true, and the host is as it was. */

let demo: Demo
let untouched: Record<string, string>
/** Runs beside the others: it waits its full half minute for an answer. */
let mute: Promise<Card>
let stopped: number[] = []

beforeAll(async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'commands'))
  writeFileSync(join(folder, 'commands/nap.ts'), nap)
  writeFileSync(join(folder, 'jailops.yaml'), `commands: [${folder}/commands]\n`)
  demo = await startDemo({ args: ['--config', join(folder, 'jailops.yaml')] })
  expect((await demo.sayApproved('ana', 'jail create mute')).state).toBe('done')
  const nginx = processesOf(join(demo.hostFolder, 'usr/jails/mute')).map((line) => Number.parseInt(line, 10))
  expect(nginx.length).toBeGreaterThan(0)
  untouched = listing(demo.hostFolder)
  stopped = nginx
  for (const pid of nginx) process.kill(pid, 'SIGSTOP')
  mute = demo.sayApproved('ana', 'proxy add mute.example.com')
})
afterEach(() => lie())
afterAll(async () => {
  await demo?.stop()
  // also daemons that were stopped and cannot hear a TERM
  expect(stopped.filter(isAlive)).toEqual([])
})

const lie = (...faults: Fault[]) => setFaults(join(demo.stateDir, 'lab'), faults)

/** The proxy's own files belong to the change that still waits beside. */
function hostButProxy() {
  return listing(demo.hostFolder, /^(usr\/jails\/\.trash|usr\/local\/etc\/haproxy|var\/|tmp)/)
}

it('jail -c that says 0 and starts nothing', async () => {
  const before = hostButProxy()
  lie({ program: 'jail', argumentsInclude: ['-c', 'blog'], exitCode: 0 })
  const card = await demo.sayApproved('ana', 'jail create blog')
  expect(card).toMatchObject({ state: 'undone', reason: 'step_failed' })
  expect(card.text).toMatch(/Start blog: jail reported success, but "jail blog runs" does not hold/)
  expect(card.steps.map(({ state }) => state)).not.toContain('done')
  expect(card.steps.find(({ state }) => state === 'failed')?.title).toBe('Start blog')
  expect(hostButProxy()).toEqual(before)
})

it('a service that says 0 and starts no nginx', async () => {
  const before = hostButProxy()
  lie({ program: 'service', argumentsInclude: ['nginx', 'start'], exitCode: 0 })
  const card = await demo.sayApproved('ana', 'jail create blog')
  expect(card).toMatchObject({ state: 'undone', reason: 'step_failed' })
  expect(card.text).toMatch(/Start nginx in blog: service reported success, but "http:\/\/\S+ answers .*" does not hold/)
  expect(hostButProxy()).toEqual(before)
  expect(processesOf(join(demo.hostFolder, 'usr/jails/blog'))).toEqual([])
})

it('a pkg that finds no package, with its own words on the card', async () => {
  const before = hostButProxy()
  lie({ program: 'pkg', argumentsInclude: ['install'], exitCode: 1, stderr: 'pkg: No packages available to install matching nginx\n' })
  const card = await demo.sayApproved('ana', 'jail create blog')
  expect(card).toMatchObject({ state: 'undone', reason: 'step_failed' })
  expect(card.text).toContain('Install nginx in blog: pkg failed with exit code 1')
  expect(card.text).toContain('No packages available to install matching nginx')
  expect(hostButProxy()).toEqual(before)
})

it('a pkg that says 0 and installs nothing', async () => {
  const before = hostButProxy()
  lie({ program: 'pkg', argumentsInclude: ['install'], exitCode: 0, stdout: 'Nothing to do.\n' })
  const card = await demo.sayApproved('ana', 'jail create blog')
  expect(card).toMatchObject({ state: 'undone', reason: 'step_failed' })
  expect(card.text).toContain('Install nginx in blog: pkg reported success')
  expect(hostButProxy()).toEqual(before)
})

it('a program that does its work and then fails', async () => {
  const before = hostButProxy()
  lie({ program: 'jail', argumentsInclude: ['-c', 'blog'], exitCode: 1, stderr: 'jail: blog: something odd\n', thenRun: true })
  const card = await demo.sayApproved('ana', 'jail create blog')
  expect(card).toMatchObject({ state: 'undone', reason: 'step_failed' })
  expect(card.text).toContain('something odd')
  expect(hostButProxy()).toEqual(before)
  expect((await demo.say('ana', 'jail list')).table?.rows.map(([name]) => name)).toEqual(['mute'])
})

it('a program that hangs is ended at its time limit', async () => {
  const before = hostButProxy()
  lie({ program: 'sysrc', argumentsInclude: ['nap_after=2'], hang: true })
  const card = await demo.sayApproved('ana', 'host nap')
  expect(card).toMatchObject({ state: 'undone', reason: 'timed_out' })
  expect(card.text).toContain('sysrc did not end in time and was stopped')
  expect(hostButProxy()).toEqual(before)
  expect(processesOf(demo.stateDir).filter((line) => line.includes('nap_after'))).toEqual([])
})

it('a sysrc that says 0 and writes nothing does not leave a jail that would not start at boot', async () => {
  const before = hostButProxy()
  lie(
    { program: 'sysrc', argumentsInclude: ['jail_list+=blog'], exitCode: 0 },
    { program: 'sysrc', argumentsInclude: ['jail_list=mute blog'], exitCode: 0 },
  )
  const card = await demo.sayApproved('ana', 'jail create blog nginx:no')
  expect(card).toMatchObject({ state: 'undone' })
  expect(card.text).toContain('Let blog start at boot')
  expect(hostButProxy()).toEqual(before)
})

it('a jail -r that says 0 and stops nothing: nothing of the running jail is moved', async () => {
  const before = hostButProxy()
  lie({ program: 'jail', argumentsInclude: ['-r', 'mute2'], exitCode: 0 })
  expect((await demo.sayApproved('ana', 'jail create mute2 nginx:no boot:no')).state).toBe('done')
  const card = await demo.sayApproved('ana', 'jail destroy mute2')
  expect(card).toMatchObject({ state: expect.stringMatching(/^(undone|failed)$/), reason: 'step_failed' })
  expect(card.text).toContain('Stop mute2: jail reported success')
  lie()
  expect((await demo.say('ana', 'jail info mute2')).title).toContain('running')
  expect((await demo.sayApproved('ana', 'jail destroy mute2')).state).toBe('done')
  expect(hostButProxy()).toEqual(before)
})

it('an nginx that runs but does not answer', async () => {
  const card = await mute
  expect(card).toMatchObject({ state: 'undone', reason: 'timed_out' })
  expect(card.text).toMatch(/Wait until mute.example.com is answered through HAProxy: Within 30 s/)
  expect(listing(demo.hostFolder)).toEqual(untouched)
  expect((await demo.get('mute.example.com')).status).toBe(421)
})

const nap = `
import { z } from 'zod'
import { defineCommand, plan } from 'jailops'

const set = (word) => ({ kind: 'run', argv: ['sysrc', word], timeoutSeconds: 1 })
const undo = (name) => [{ action: { kind: 'run', argv: ['sysrc', '-x', name], timeoutSeconds: 5 }, unless: { kind: 'command', argv: ['sysrc', '-n', name], exitCode: 1 } }]

export default defineCommand({
  path: 'host nap',
  summary: 'Two settings, the second of which may take its time',
  permission: 'jail.start',
  risk: 'change',
  needs: [],
  args: z.object({}),
  plan: () =>
    plan([
      { title: 'Set the first', action: set('nap_before=1'), undo: undo('nap_before') },
      { title: 'Set the second', action: set('nap_after=2'), undo: undo('nap_after') },
    ], { resources: ['rc.conf'] }),
})
`
