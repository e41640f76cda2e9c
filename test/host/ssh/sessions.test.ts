import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Session } from '../../../src/host/ssh/session.ts'
import { createSessions } from '../../../src/host/ssh/sessions.ts'

let started: FakeSession[] = []
beforeEach(() => void (started = []))
afterEach(() => vi.useRealTimers())

interface FakeSession extends Session {
  end(): void
}

/** `greets`: its agent comes up at once; else it ended before. */
function fakeSession(greets: boolean): FakeSession {
  const ended = Promise.withResolvers<number | undefined>()
  let hasEnded = !greets
  const end = () => {
    hasEnded = true
    ended.resolve(0)
  }
  if (!greets) end()
  const session = {
    hello: Promise.resolve(greets ? { edition: '', group: 1, system: '' } : undefined),
    ended: ended.promise,
    hasEnded: () => hasEnded,
    input: new PassThrough().once('finish', end),
    listen: () => undefined,
    complaint: () => 'no more sessions',
    kill: end,
    end,
  }
  started.push(session)
  return session
}

function noDescriptors(): never {
  throw new Error('too many open files')
}

const refused = (complaint: string) => new Error(`refused: ${complaint}`)
const settle = async () => {
  for (let times = 0; times < 20; times += 1) await turn()
}
/** Whether it has been given by now. */
async function isGiven(session: Promise<Session>): Promise<boolean> {
  await settle()
  return Promise.race([session.then(() => true), turn(false)])
}

test('the ninth is for those that end others, also when it is idle, and those go first', async () => {
  const sessions = createSessions(() => fakeSession(true), refused)
  const held = await Promise.all(Array.from({ length: 8 }, () => sessions.take({ urgent: false })))
  const ninth = sessions.take({ urgent: false })
  expect(await isGiven(ninth)).toBe(false)

  const urgent = await sessions.take({ urgent: true })
  sessions.giveBack(urgent)

  expect(await isGiven(ninth)).toBe(false)
  expect(await isGiven(sessions.take({ urgent: false }))).toBe(false)
  expect(await sessions.take({ urgent: true })).toBe(urgent)
  expect(started).toHaveLength(9)
  started.find((session) => session === held[0])?.end()
  sessions.giveBack(urgent)
  expect(await isGiven(ninth)).toBe(true)
})

test('urgent ones are served in their order', async () => {
  const sessions = createSessions(() => fakeSession(true), refused)
  await Promise.all(Array.from({ length: 8 }, () => sessions.take({ urgent: false })))
  const given: number[] = []
  const waiting = [1, 2, 3].map(async (number) => {
    const session = await sessions.take({ urgent: true })
    given.push(number)
    sessions.giveBack(session)
  })
  await Promise.all(waiting)
  expect(given).toEqual([1, 2, 3])
})

test("who gives up while it waits hears so at once, and takes nobody's place", async () => {
  const sessions = createSessions(() => fakeSession(true), refused)
  const [first] = await Promise.all(Array.from({ length: 8 }, () => sessions.take({ urgent: false })))
  const controller = new AbortController()
  const aborted = sessions.take({ urgent: false, signal: controller.signal })
  const next = sessions.take({ urgent: false })
  controller.abort(new Error('enough'))
  await expect(aborted).rejects.toThrow('enough')
  if (first !== undefined) sessions.giveBack(first)
  expect(await isGiven(next)).toBe(true)
})

test('a host that takes fewer sessions is not asked for more ahead of need', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const living = () => started.filter((session) => !session.hasEnded()).length
  const sessions = createSessions(() => fakeSession(living() < 3), refused)
  await Promise.all([sessions.take({ urgent: false }), sessions.take({ urgent: false })])
  await settle()
  const before = started.length
  for (let second = 0; second < 60; second += 1) {
    await vi.advanceTimersByTimeAsync(1000)
    await settle()
  }
  expect(started.length - before).toBeLessThanOrEqual(2)
  expect(living()).toBe(3)
})

test('where not even ssh can be started, those that wait hear why in the end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const sessions = createSessions(noDescriptors, refused)
  const taken = expect(sessions.take({ urgent: false })).rejects.toThrow('refused: too many open files')
  for (let second = 0; second < 60; second += 1) {
    await settle()
    await vi.advanceTimersByTimeAsync(1000)
  }
  await taken
})
