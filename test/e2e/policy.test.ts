import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Demo, startDemo } from '../support/demo.ts'
import { jailops, listing, runJson, until } from '../support/house.ts'

/* Who may what, by the real program against the real demo; after all of it the host is as it was. */

let demo: Demo
let untouched: Record<string, string>
const run = (person: string, ...words: string[]) => runJson(demo.stateDir, person, ...words)

beforeAll(async () => {
  demo = await startDemo()
  untouched = listing(demo.hostFolder)
})
afterAll(() => demo?.stop(), 60_000)

it('eve may look, but not create', async () => {
  expect(await run('eve', 'jail list')).toMatchObject({ code: 0, state: 'done' })
  const refused = await run('eve', 'jail create blog')
  expect(refused).toMatchObject({ code: 3, state: 'refused', reason: 'permission_denied' })
  expect(refused.card.text).toContain('jail.create')
  expect(await run('eve', 'jail create blog --dry-run')).toMatchObject({ code: 3, reason: 'permission_denied' })
})

it('a person whom the demo does not know is told who there is', async () => {
  const stranger = await run('zoe', 'whoami')
  expect(stranger).toMatchObject({ code: 3, state: 'refused', reason: 'identity_unproved', request: null })
  expect(stranger.card.text).toContain('ana, bo, eve')
  const nobody = await jailops(['run', '--state-dir', demo.stateDir, 'whoami'])
  expect(nobody).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('--as') })
})

it('ana approves nothing: neither her own, nor the request of somebody else', async () => {
  for (const asker of ['ana', 'bo']) {
    const { request } = await run(asker, `jail create of-${asker}`)
    for (const word of ['approve', 'deny']) {
      expect(await run('ana', `${word} ${request}`)).toMatchObject({ code: 3, state: 'refused', reason: 'permission_denied' })
    }
    expect(await run('ana', `job show ${request}`)).toMatchObject({ code: 4, state: 'waiting' })
    expect((await run(asker, `job cancel ${request}`)).code).toBe(0)
  }
})

it('bo neither approves nor denies his own request', async () => {
  const { request } = await run('bo', 'jail create blog')
  for (const word of ['approve', 'deny']) {
    const own = await run('bo', `${word} ${request}`)
    expect(own).toMatchObject({ code: 3, state: 'refused', reason: 'own_request' })
    expect(own.card.text).toContain('cancel')
  }
  expect(await run('bo', `job show ${request}`)).toMatchObject({ state: 'waiting' })
  await run('bo', `job cancel ${request}`)
})

it('a request that was denied, cancelled or carried out takes no further vote', async () => {
  const denied = await run('ana', 'jail create blog')
  await run('bo', `deny ${denied.request}`)
  expect(await run('ana', `job show ${denied.request}`)).toMatchObject({ code: 3, state: 'denied', reason: 'denied' })
  const late = await run('bo', `approve ${denied.request}`)
  expect(late).toMatchObject({ state: 'refused', reason: 'not_waiting' })
  expect(late.card.text).toContain('denied')

  const cancelled = await run('ana', 'jail create blog')
  await run('ana', `job cancel ${cancelled.request}`)
  expect(await run('bo', `approve ${cancelled.request}`)).toMatchObject({ state: 'refused', reason: 'not_waiting' })
  expect(await run('ana', `job cancel ${cancelled.request}`)).toMatchObject({ state: 'refused', reason: 'not_waiting' })
  expect(listing(demo.hostFolder)).toEqual(untouched)
})

it('approving twice carries it out once', async () => {
  const { request } = await run('ana', 'jail create twice nginx:no boot:no')
  const votes = await Promise.all(Array.from({ length: 4 }, () => demo.say('bo', `approve ${request}`)))
  // all at once they may be taken for one saying of it; what counts is that it is carried out once
  expect(votes.filter(({ state }) => state === 'done').length).toBeGreaterThan(0)
  for (const vote of votes.filter(({ state }) => state === 'refused')) expect(['not_waiting', 'already_voted']).toContain(vote.reason)
  expect(await until(async () => (await run('ana', `job show ${request}`)).state === 'done')).toBe(true)
  expect(await run('bo', `approve ${request}`)).toMatchObject({ state: 'refused', reason: 'not_waiting' })
  const entries = journal(String(request))
  expect(entries.filter(({ kind }) => kind === 'begun')).toHaveLength(1)
  await demo.sayApproved('ana', 'jail destroy twice')
})

it('an approval of a plan that no longer holds runs nothing; the new plan is shown and can be approved', async () => {
  await demo.sayApproved('ana', 'jail create moving nginx:no boot:no')
  const destroy = await run('ana', 'jail destroy moving')
  const card = await demo.say('ana', `job show ${destroy.request}`)
  await demo.sayApproved('ana', 'jail stop moving')
  await run('bo', `approve ${destroy.request}`)
  expect(await until(async () => (await run('ana', `job show ${destroy.request}`)).card.text?.includes('changed') === true)).toBe(true)
  const replanned = await demo.say('ana', `job show ${destroy.request}`)
  expect(replanned.about?.state).toBe('waiting')
  expect(replanned.steps.length).toBeLessThan(card.steps.length)
  // a button of the old card: its digest is not the one that stands now
  const pressed = await press('bo', { kind: 'approve', request: destroy.request, digest: digestOf(card.files[0]?.text) })
  expect(await run('bo', `job show ${pressed}`)).toMatchObject({ state: 'refused', reason: 'plan_changed' })
  expect((await run('ana', `job show ${destroy.request}`)).state).toBe('waiting')
  await run('bo', `approve ${destroy.request}`)
  expect(await until(async () => (await run('ana', `job show ${destroy.request}`)).state === 'done')).toBe(true)
})

it('what nobody approves in time expires, and reserves nothing any more', async () => {
  // the demo's own hour is too long to wait for: its bot is started again with three seconds
  const file = join(demo.stateDir, 'demo.json')
  const written = readFileSync(file, 'utf8')
  expect(written).toContain('"expiresMinutes":60')
  writeFileSync(file, written.replace('"expiresMinutes":60', '"expiresMinutes":0.05'))
  const before = demo.pid('bot')
  process.kill(before, 'SIGTERM')
  expect(await until(async () => demo.pid('bot') !== before && (await run('ana', 'whoami')).code === 0)).toBe(true)
  const asked = await run('ana', 'jail create late')
  expect(asked).toMatchObject({ code: 4, state: 'waiting' })
  expect(await run('bo', 'jail create late')).toMatchObject({ code: 2, reason: 'jail_name_taken' })
  expect(await until(async () => (await run('ana', `job show ${asked.request}`)).state === 'expired')).toBe(true)
  const expired = await run('ana', `job show ${asked.request}`)
  expect(expired).toMatchObject({ code: 8, reason: 'expired' })
  expect(expired.card.text).toContain('Ask for it again')
  expect(await run('bo', `approve ${asked.request}`)).toMatchObject({ state: 'refused', reason: 'not_waiting' })
  expect(await run('bo', 'jail create late')).toMatchObject({ state: 'waiting' })
  expect(listing(demo.hostFolder)).toEqual(untouched)
})

/** As a click in the page: by the digest of the card that was clicked. @returns the id of the press's own request */
async function press(person: string, pressed: Record<string, unknown>): Promise<string> {
  const answer = await fetch(`${demo.web}/api/press`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: demo.web },
    body: JSON.stringify({ person, delivery: randomUUID(), press: pressed }),
  })
  return z.object({ request: z.string() }).parse(await answer.json()).request
}

function journal(request: string): { kind: string }[] {
  const text = readFileSync(join(demo.stateDir, 'worker/journal', request, 'entries.jsonl'), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function digestOf(plan = ''): string {
  return /^digest ([0-9a-f]{64})$/m.exec(plan)?.[1] ?? ''
}
