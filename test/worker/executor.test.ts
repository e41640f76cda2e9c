import { describe, expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import type { StepProgress } from '../../src/core/message.ts'
import { execute } from '../../src/worker/executor.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { live, liveUntilEnd, momentsOf } from './executor-bench.ts'
import { lifeOf, makeModelHost, modelEffects, planOf, requestA, temporaryFolder, temporaryJournals } from './worker-bench.ts'

const names = ['one', 'two', 'three', 'four']
const plan = planOf(names)
const titles = plan.steps.map((step) => step.title)
const cancel = new JailopsError('cancelled', 'Ana took it back.')

describe('a plan that goes well', () => {
  it('does every step once, in order', async () => {
    const host = makeModelHost()

    const ending = await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [] })

    expect(ending).toEqual({ state: 'done' })
    expect(host.log).toEqual(titles.map((title) => `perform ${title}`))
  })

  it('tells of every change of a step', async () => {
    const told: StepProgress[][] = []

    await liveUntilEnd(temporaryFolder(), { host: makeModelHost(), plan, deaths: [] }, { progress: (steps) => told.push(steps) })

    const words = told.map((steps) => steps.map(({ state }) => state.charAt(0)).join(''))
    expect([...new Set(words)]).toEqual(['pppp', 'rppp', 'dppp', 'drpp', 'ddpp', 'ddrp', 'dddp', 'dddr'])
  })
})

const failing = () => ({ ...makeModelHost(), failing: new Set(['make three']) })

it('a plan that is to be kept stays as far as it came, whatever step fails', async () => {
  const host = failing()
  const ending = await liveUntilEnd(temporaryFolder(), { host, plan: { ...plan, keep: true }, deaths: [] })
  expect(ending).toMatchObject({ state: 'failed', sentence: expect.stringContaining('stays, as asked') })
  expect([...host.standing.keys()]).toEqual(expect.arrayContaining(['make one', 'make two']))
})

describe('a crash at every point', () => {
  it('leaves every step standing once, and asks before it repeats anything', async () => {
    const moments = await momentsOf(temporaryFolder(), { host: makeModelHost(), plan })
    expect(moments.length).toBeGreaterThan(30)

    for (let moment = 0; moment < moments.length; moment++) {
      const host = makeModelHost()
      const ending = await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [moment] })
      expect({ moment: moments[moment], ending, offences: host.offences, standing: [...host.standing] }).toEqual({
        moment: moments[moment],
        ending: { state: 'done' },
        offences: [],
        standing: titles.map((title) => [title, 'done']),
      })
    }
  })

  it('and a second one at every point after it', async () => {
    const two = planOf(['one', 'two'])
    const count = (await momentsOf(temporaryFolder(), { host: makeModelHost(), plan: two })).length

    for (let first = 0; first < count; first++) {
      for (let second = 0; second < 8; second++) {
        const host = makeModelHost()
        const ending = await liveUntilEnd(temporaryFolder(), { host, plan: two, deaths: [first, second] })
        expect([ending.state, host.offences, [...host.standing.values()]]).toEqual(['done', [], ['done', 'done']])
      }
    }
  })

  it('in a plan that fails: nothing stands afterwards', async () => {
    const moments = await momentsOf(temporaryFolder(), { host: failing(), plan })
    expect(moments).toContain('after turn')

    for (let moment = 0; moment < moments.length; moment++) {
      const host = failing()
      const ending = await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [moment] })
      expect([moments[moment], ending.state, host.offences, [...host.standing]]).toEqual([moments[moment], 'undone', [], []])
    }
  })
})

const diesAt = async (what: string) => {
  const folder = temporaryFolder()
  const host = makeModelHost()
  const moments = await momentsOf(temporaryFolder(), { host: makeModelHost(), plan })
  await live(folder, { host, plan, life: lifeOf(moments.indexOf(what)) })
  host.log.length = 0
  await liveUntilEnd(folder, { host, plan, deaths: [] })
  return host.log.filter((line) => line.endsWith('make two'))
}

describe('a step found begun', () => {
  it.each([
    ['not begun: it is only done', 'before perform make two', ['check make two', 'perform make two']],
    ['by half: it is taken back, then done', 'within perform make two', ['check make two', 'revert make two', 'perform make two']],
    ['done: it stays', 'after perform make two', ['check make two']],
    ['written down as done: it is not even asked', 'before capture make three', []],
  ])('%s', async (_, what, log) => {
    expect(await diesAt(what === 'before capture make three' ? 'capture make three' : what)).toEqual(log)
  })

  it('ends first what of it may still run', async () => {
    const folder = temporaryFolder()
    const host = makeModelHost()
    const moments = await momentsOf(temporaryFolder(), { host: makeModelHost(), plan })
    await live(folder, { host, plan, life: lifeOf(moments.indexOf('within perform make two')) })
    const journal = await (await temporaryJournals(folder, () => 1)).open(requestA)
    const ended: string[] = []

    await execute(
      {
        effects: modelEffects(host, lifeOf(Number.POSITIVE_INFINITY)),
        gate: createProxyGate(),
        endGroup: async (file, seconds) => void ended.push(`${host.log.at(-1)} | ${file.slice(folder.length)} ${seconds}`),
      },
      { journal, plan, progress: () => undefined, cancelled: () => undefined, stopping: () => false },
    )
    await journal.close()

    expect(ended).toEqual([`perform make two | /${requestA}/group-do-1-1 5`])
  })
})

describe('a step that fails', () => {
  it('takes everything back in reverse, itself first', async () => {
    const host = makeModelHost()
    host.failing.add('make three')

    const ending = await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [] })

    expect(ending).toEqual({ state: 'undone', reason: 'step_failed', sentence: 'make three: the tool said no' })
    expect(host.log.slice(3)).toEqual(['revert make three', 'revert make two', 'revert make one'])
    expect(host.standing.size).toBe(0)
  })

  it('is only failed where nothing had been done before it', async () => {
    const host = makeModelHost()
    host.failing.add('make one')

    expect(await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [] })).toMatchObject({ state: 'failed', reason: 'step_failed' })
  })

  it('needs a human where taking back fails, and says of which step', async () => {
    const host = makeModelHost()
    host.failing.add('make three')
    host.failingUndo.add('make two')

    const ending = await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [] })

    expect(ending).toMatchObject({ state: 'needs_human', reason: 'undo_failed' })
    expect(ending.sentence).toContain('make three: the tool said no')
    expect(ending.sentence).toContain('Taking step 2 back failed too (make two): it would not go')
    expect([...host.standing.keys()]).toEqual(['make one', 'make two'])
  })
})

describe('cancelling', () => {
  it('between steps takes back what was done', async () => {
    const host = makeModelHost()
    const cancelled = () => (host.standing.size === 2 ? cancel : undefined)

    const ending = await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [] }, { cancelled })

    expect(ending).toEqual({ state: 'cancelled', reason: 'cancelled', sentence: 'Ana took it back.' })
    expect([host.standing.size, host.log.slice(2)]).toEqual([0, ['revert make two', 'revert make one']])
  })

  it('before the first step does nothing', async () => {
    const host = makeModelHost()

    expect(await liveUntilEnd(temporaryFolder(), { host, plan, deaths: [] }, { cancelled: () => cancel })).toMatchObject({
      state: 'cancelled',
    })
    expect(host.log).toEqual([])
  })

  it('shows a step that was cut off and taken back as undone, not as failed', async () => {
    const folder = temporaryFolder()
    const host = makeModelHost()
    const moments = await momentsOf(temporaryFolder(), { host: makeModelHost(), plan })
    await live(folder, { host, plan, life: lifeOf(moments.indexOf('within perform make two')) })
    const told: StepProgress[][] = []

    await liveUntilEnd(folder, { host, plan, deaths: [] }, { cancelled: () => cancel, progress: (steps) => told.push(steps) })

    expect(told.at(-1)?.map(({ state }) => state)).toEqual(['undone', 'undone', 'pending', 'pending'])
  })
})

describe('stopping', () => {
  it('ends between steps, and the next life goes on', async () => {
    const folder = temporaryFolder()
    const host = makeModelHost()
    const stopping = () => host.standing.size === 2

    const first = await live(folder, { host, plan, life: lifeOf(Number.POSITIVE_INFINITY) }, { stopping })

    expect([first, host.standing.size]).toEqual([undefined, 2])
    expect(await liveUntilEnd(folder, { host, plan, deaths: [] })).toEqual({ state: 'done' })
    expect(host.log).toEqual(titles.map((title) => `perform ${title}`))
  })
})

describe('a step that cannot be taken back', () => {
  it('stays, is named, and everything else is taken back', async () => {
    const [one, two, ...rest] = plan.steps
    if (one === undefined || two === undefined) throw new Error('the plan has four steps')
    const host = failing()

    const ending = await liveUntilEnd(temporaryFolder(), {
      host,
      plan: { ...plan, steps: [one, { ...two, final: 'said is said' }, ...rest] },
      deaths: [],
    })

    expect(ending).toMatchObject({ state: 'needs_human', sentence: expect.stringContaining(`Step 2 (${two.title})`) })
    expect([...host.standing.keys()]).toEqual([two.title])
  })
})
