import { describe, expect, it } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { createProxyGate, type ProxyGate } from '../../src/worker/proxy-gate.ts'

const request = 'raaaaaaaaaaaaaaa'
const change: Step = {
  title: 'Give blog the weight 5',
  action: { kind: 'proxy-server', socket: '/s', backend: 'jail_blog', server: 'blog', weight: 5 },
}
const wait: Step = { title: 'Wait', action: { kind: 'await', timeoutSeconds: 5 } }

type Way = 'telling' | 'writing' | 'replacing'

/** Whether the second one begins while the first is under way. */
async function overlap(first: Way, second: Way): Promise<boolean> {
  const gate = createProxyGate()
  const end = Promise.withResolvers<void>()
  let hasBegun = false
  const one = gate[first](() => end.promise)
  const other = gate[second](async () => void (hasBegun = true))
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  const seen = hasBegun
  end.resolve()
  await Promise.all([one, other])
  expect(hasBegun).toBe(true)
  return seen
}

const looks = (gate: ProxyGate) => gate.looking(async () => 'looked')

describe('side by side', () => {
  it.each<[Way, Way, boolean]>([
    ['telling', 'telling', true],
    ['telling', 'writing', true],
    ['telling', 'replacing', false],
    ['writing', 'writing', false],
    ['writing', 'replacing', false],
    ['replacing', 'telling', false],
    ['replacing', 'replacing', false],
  ])('%s and %s: %s', async (first, second, isSo) => {
    expect(await overlap(first, second)).toBe(isSo)
  })

  it('what fails lets the next one in', async () => {
    const gate = createProxyGate()
    await expect(gate.replacing(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await gate.writing(async () => 'written')).toBe('written')
  })
})

describe('a look at the running proxy', () => {
  it.each<Way>(['telling', 'writing'])('is not in the middle of %s, and nobody waits behind it', async (way) => {
    const gate = createProxyGate()
    const end = Promise.withResolvers<void>()
    const under = gate[way](() => end.promise)

    const meanwhile = await looks(gate)
    end.resolve()
    await under

    expect([meanwhile, await looks(gate)]).toEqual([undefined, 'looked'])
  })

  it('is not between two steps of a request that belong together, but between others', async () => {
    const gate = createProxyGate()

    await gate.before(request, change)
    await gate.telling(async () => undefined)
    const between = await looks(gate)
    await gate.before(request, change)
    await gate.before(request, wait)
    await Promise.resolve()
    const atWait = await looks(gate)
    await gate.before(request, change)
    gate.over(request)
    await Promise.resolve()

    expect([between, atWait, await looks(gate)]).toEqual([undefined, 'looked', 'looked'])
  })

  it('keeps a request only so long from its next step', async () => {
    const gate = createProxyGate()
    const end = Promise.withResolvers<void>()
    const looking = gate.looking(() => end.promise)
    let isNext = false
    const next = gate.before(request, change).then(() => (isNext = true))
    await Promise.resolve()
    const meanwhile = isNext

    end.resolve()
    await Promise.all([looking, next])

    expect([meanwhile, isNext]).toEqual([false, true])
  })
})
