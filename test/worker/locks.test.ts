import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createResourceLocks } from '../../src/worker/locks.ts'

it('never gives a resource to two, and leaves nobody waiting', async () => {
  const requests = fc.array(fc.subarray(['a', 'b', 'c', 'd']), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(requests, fc.infiniteStream(fc.nat(5)), async (wanted, pauses) => {
      const locks = createResourceLocks()
      const held = new Set<string>()
      let overlaps = 0
      const work = async (resources: readonly string[]) => {
        const release = await locks.acquire(resources)
        for (const resource of resources) overlaps += held.has(resource) ? 1 : 0
        for (const resource of resources) held.add(resource)
        for (let turn = pauses.next().value ?? 0; turn > 0; turn--) await Promise.resolve()
        for (const resource of resources) held.delete(resource)
        release()
      }

      await Promise.all(wanted.map(work))

      expect(overlaps).toBe(0)
    }),
  )
})

it('serves who came first: a later one does not overtake on a resource that an earlier one waits for', async () => {
  const locks = createResourceLocks()
  const order: string[] = []
  const releaseA = await locks.acquire(['a'])
  const both = locks.acquire(['a', 'b']).then((release) => {
    order.push('a and b')
    return release()
  })
  const onlyB = locks.acquire(['b']).then((release) => {
    order.push('b')
    return release()
  })

  releaseA()
  await Promise.all([both, onlyB])

  expect(order).toEqual(['a and b', 'b'])
})

it('tells a watcher of everybody who held anything meanwhile, and of nobody else', async () => {
  const locks = createResourceLocks()
  const before = locks.watch()
  const seenBefore = before()

  const release = await locks.acquire(['a'])
  const during = locks.watch()
  const seenDuring = [before(), during()]
  release()

  expect([seenBefore, seenDuring, before(), during()]).toEqual([true, [false, false], false, false])
  expect(locks.watch()()).toBe(true)
})

it('a wait that was given up keeps nobody else waiting, and one that is over cannot be given up', async () => {
  const locks = createResourceLocks()
  const given = new AbortController()
  const releaseA = await locks.acquire(['a'], given.signal)
  const both = locks.acquire(['a', 'b'], given.signal)
  const onlyB = locks.acquire(['b'])

  given.abort(new Error('called off'))

  await expect(both).rejects.toThrow('called off')
  const releaseB = await onlyB
  releaseA()
  releaseB()
  expect(await locks.acquire(['a', 'b'])).toBeTypeOf('function')
})

it('of a shared one as many have it as share it, and nobody beside who has it as a whole', async () => {
  const words = fc.array(fc.subarray(['a', 'shared:a', 'b', 'shared:b', 'c']), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(words, fc.infiniteStream(fc.nat(5)), async (wanted, pauses) => {
      const locks = createResourceLocks()
      const held: string[] = []
      let overlaps = 0
      const work = async (resources: readonly string[]) => {
        const release = await locks.acquire(resources)
        overlaps += resources.filter((one) => held.some((other) => isBeside(one, other))).length
        held.push(...resources)
        for (let turn = pauses.next().value ?? 0; turn > 0; turn--) await Promise.resolve()
        for (const resource of resources) held.splice(held.indexOf(resource), 1)
        release()
      }

      await Promise.all(wanted.map(work))

      expect(overlaps).toBe(0)
      expect(locks.watch()()).toBe(true)
    }),
  )
})

it('who shares one is not kept waiting by others who share it, but does not overtake who waits for the whole of it', async () => {
  const locks = createResourceLocks()
  const order: string[] = []
  const first = await locks.acquire(['shared:a'])
  const second = await locks.acquire(['shared:a'])
  const whole = locks.acquire(['a']).then((release) => {
    order.push('whole')
    return release()
  })
  const third = locks.acquire(['shared:a']).then(() => order.push('shared'))

  first()
  await Promise.resolve()
  expect(order).toEqual([])
  second()
  await Promise.all([whole, third])

  expect(order).toEqual(['whole', 'shared'])
})

it('who only tries gets it at once or not at all, and not before those who wait', async () => {
  const locks = createResourceLocks()
  const release = await locks.acquire(['shared:a'])
  expect([locks.tryAcquire(['a']), typeof locks.tryAcquire(['shared:a', 'b'])]).toEqual([undefined, 'function'])
  const waiting = locks.acquire(['a'])

  expect(locks.tryAcquire(['shared:a'])).toBeUndefined()

  release()
  expect(locks.tryAcquire(['c'])).toBeTypeOf('function')
  void waiting
})

function isBeside(one: string, other: string): boolean {
  return one.replace('shared:', '') === other.replace('shared:', '') && !(one.startsWith('shared:') && other.startsWith('shared:'))
}
