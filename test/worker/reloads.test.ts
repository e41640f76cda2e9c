import { describe, expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { makeReloads, reloadFor } from './reloads-bench.ts'

const broken = new JailopsError('step_failed', 'haproxy: cannot bind socket')

/** A request whose step asks, and how that ended. */
function begin() {
  const bench = makeReloads()
  const ended: string[] = []
  const ask = (why: string, options: { isWayBack?: boolean } = {}) =>
    void bench.reloads
      .during(() => bench.reloads.ask(reloadFor(why), options))
      .then(
        () => ended.push(why),
        (error: Error) => ended.push(`${why}: ${error.message}`),
      )
  /** A step of another request that goes on until it is told to end. */
  const another = () => {
    const step = Promise.withResolvers<void>()
    void bench.reloads.during(() => step.promise)
    return () => step.resolve()
  }
  return { ...bench, ended, ask, another }
}

describe('gathered', () => {
  it('whoever is alone does not wait', async () => {
    const { ask, began, ended, pass } = begin()

    ask('one')
    await pass(0)

    expect(began).toEqual([{ at: 0, why: 'one' }])
    await pass(40)
    expect(ended).toEqual(['one'])
  })

  it('while others are under way it waits until nobody asked for a moment, and they share it', async () => {
    const { ask, another, began, ended, said, pass } = begin()
    another()

    ask('one')
    await pass(100)
    ask('two')
    await pass(149)
    const meanwhile = began.length
    await pass(41)

    expect([meanwhile, began]).toEqual([0, [{ at: 250, why: 'one' }]])
    expect(ended).toEqual(['one', 'two'])
    expect(said).toEqual(['HAProxy reloaded for: one; two {"by":"hand-over","milliseconds":40,"shared":2}'])
  })

  it('it does not wait when all who are under way have asked, or have ended', async () => {
    const { ask, another, began, pass } = begin()
    const end = another()

    ask('one')
    await pass(20)
    end()
    ask('two')
    await pass(10)

    expect(began).toEqual([{ at: 20, why: 'one' }])
  })

  it('it waits no longer than a second after the first, however many more ask', async () => {
    const { ask, another, began, ended, pass } = begin()
    another()

    for (let count = 0; count < 12; count += 1) {
      ask(`number ${count}`)
      await pass(100)
    }

    expect(began).toEqual([{ at: 1000, why: 'number 0' }])
    // the one that asked when it had begun, and the one after it
    await pass(1000)
    expect([began.length, ended.length]).toEqual([2, 12])
  })

  it('whoever asks while one runs gets the next, and there is one at a time', async () => {
    const { ask, began, ended, pass } = begin()

    ask('one')
    await pass(10)
    ask('two')
    ask('three')
    await pass(30)

    expect([began.length, ended]).toEqual([2, ['one']])
    await pass(40)
    expect(began.map(({ at }) => at)).toEqual([0, 40])
    expect(ended).toEqual(['one', 'two', 'three'])
  })

  it('the same reason is said once, and another way of reloading is another reload', async () => {
    const { reloads, began, said, pass } = begin()

    const all = [reloadFor('one'), reloadFor('one'), reloadFor('back', { by: 'their-files' })].map((how) => reloads.ask(how))
    await pass(100)
    await Promise.all(all)

    expect(began.map(({ why }) => why)).toEqual(['one', 'back'])
    expect(said[0]).toMatch(/^HAProxy reloaded for: one \{/)
  })

  it('what changes files that are read together is not read in the middle of it', async () => {
    const { reloads, ask, began, pass } = begin()
    const write = Promise.withResolvers<void>()
    const did: string[] = []

    void reloads.gate.writing(() => write.promise)
    ask('one')
    await pass(500)
    expect(began).toEqual([])
    // whoever asks before it begins shares it, also while it waits for that
    ask('two')
    write.resolve()
    await pass(1)
    void reloads.gate.writing(async () => void did.push(`after ${began.length}`))
    await pass(39)

    expect([began.length, did]).toEqual([1, ['after 1']])
  })
})

describe('one that fails', () => {
  it('fails all who shared it, in its own words; a lone one in nothing but those', async () => {
    const { ask, endings, ended, said, pass } = begin()
    endings.push(broken, broken)

    ask('one')
    ask('two')
    await pass(40)
    ask('lone')
    await pass(4000)

    const shared = `${broken.message} It was one reload for all of these, and any of them may be the cause: one; two.`
    expect(ended).toEqual([`one: ${shared}`, `two: ${shared}`, `lone: ${broken.message}`])
    expect(said[0]).toBe(`HAProxy was not reloaded for: one; two {"error":"${broken.message}","milliseconds":40}`)
  })

  it('a lone one is taken back without waiting', async () => {
    const { ask, endings, ended, began, pass } = begin()
    endings.push(broken)

    ask('one')
    await pass(40)
    ask('back', { isWayBack: true })
    await pass(40)

    expect([began.map(({ at }) => at), ended.at(-1)]).toEqual([[0, 40], 'back'])
  })

  it('those who shared it are waited for until all have come back with their files', async () => {
    const { ask, another, endings, ended, began, pass } = begin()
    endings.push(broken)
    ask('one')
    ask('two')
    await pass(40)
    const slow = another()

    ask('one back', { isWayBack: true })
    await pass(2000)
    const meanwhile = began.length
    slow()
    ask('two back', { isWayBack: true })
    await pass(40)

    expect([meanwhile, began.length]).toEqual([1, 2])
    expect(ended.slice(2)).toEqual(['one back', 'two back'])
  })

  it('but not for ever', async () => {
    const { ask, another, endings, began, pass } = begin()
    endings.push(broken)
    ask('one')
    ask('two')
    await pass(40)
    another()

    ask('one back', { isWayBack: true })
    await pass(3000)

    expect(began.map(({ at }) => at)).toEqual([0, 3040])
  })

  it('whoever takes something back tries again as long as the file of another may be the reason', async () => {
    const { ask, another, endings, ended, began, pass } = begin()
    const end = another()
    endings.push(broken, broken)

    ask('back', { isWayBack: true })
    await pass(5000)
    expect([began.length, ended]).toEqual([2, []])
    ask('the other back', { isWayBack: true })
    end()
    await pass(1000)

    expect(ended).toEqual(['back', 'the other back'])
  })

  it('also where that other shared the one that failed, so that everybody who is there was in it', async () => {
    const { ask, endings, ended, began, pass } = begin()
    endings.push(broken)

    ask('back', { isWayBack: true })
    ask('bad')
    await pass(40)
    expect([began.length, ended.map((one) => one.slice(0, 4))]).toEqual([1, ['bad:']])
    ask('bad back', { isWayBack: true })
    await pass(40)

    expect(ended.slice(1)).toEqual(['back', 'bad back'])
  })

  it('alone it has nobody to wait for, and with others no more than half a minute', async () => {
    const alone = begin()
    alone.endings.push(broken)
    alone.ask('back', { isWayBack: true })
    await alone.pass(40)
    const { ask, another, endings, ended, began, pass } = begin()
    another()
    endings.push(...Array.from({ length: 20 }, () => broken))

    ask('back', { isWayBack: true })
    await pass(60_000)

    expect(alone.ended).toEqual([`back: ${broken.message}`])
    expect(ended).toEqual([`back: ${broken.message}`])
    expect(began.length).toBeLessThan(12)
  })

  it('a lost connection is passed on as that', async () => {
    const { reloads, endings, pass } = begin()
    endings.push(new JailopsError('connection_lost', 'ssh is gone'))

    const all = Promise.allSettled([reloads.ask(reloadFor('one')), reloads.ask(reloadFor('two'), { isWayBack: true })])
    await pass(40)

    expect((await all).map((one) => one.status === 'rejected' && one.reason)).toMatchObject([
      { code: 'connection_lost' },
      { code: 'connection_lost' },
    ])
  })
})
