import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import { saidBy, shownOutput } from '../../src/worker/shown.ts'
import { liveUntilEnd, momentsOf } from './executor-bench.ts'
import { makeModelHost, planOf, requestA, temporaryFolder, temporaryJournals } from './worker-bench.ts'

const two = planOf(['one', 'two'])
/** As jail exec makes it: the last step is the person's own command. */
const asked: Plan = {
  ...two,
  steps: two.steps.map((step, index) => (index === 1 ? { ...step, final: 'what it does stays', asked: true } : step)),
}
const only: Plan = { ...asked, steps: asked.steps.slice(1) }
const printing = () => ({ ...makeModelHost(), prints: new Map([['make two', 'hello\npassword=x1y2\n']]) })

async function after(plan: Plan, host: ReturnType<typeof printing>, deaths: readonly number[] = []) {
  const folder = temporaryFolder()
  const ending = await liveUntilEnd(folder, { host, plan, deaths })
  const journal = await (await temporaryJournals(folder, () => 1)).open(requestA)
  const kept = { ending, output: saidBy(journal, plan).output, text: JSON.stringify(journal.entries) }
  await journal.close()
  return kept
}

describe('a step that shows what it prints', () => {
  it('has it in the journal, without secrets, also where it fails', async () => {
    const failing = printing()
    failing.failing.add('make two')
    for (const host of [printing(), failing]) {
      const { output, text } = await after(only, host)
      expect(output).toBe('hello\npassword=[hidden]')
      expect(text).not.toContain('x1y2')
    }
  })

  it('printing nothing is not the same as showing nothing', async () => {
    expect((await after(only, { ...printing(), prints: new Map([['make two', '']]) })).output).toBe('')
    expect((await after(only, { ...printing(), prints: new Map() })).output).toBeUndefined()
  })

  it('several have their titles above them', async () => {
    const host = {
      ...printing(),
      prints: new Map([
        ['make one', 'a'],
        ['make two', 'b'],
      ]),
    }
    expect((await after(two, host)).output).toBe('== make one\na\n\n== make two\nb')
  })
})

describe('what the person asked for in their own words', () => {
  it('fails where it fails: nobody has to look after it', async () => {
    const host = printing()
    host.failing.add('make two')
    expect((await after(only, host)).ending).toEqual({ state: 'failed', reason: 'step_failed', sentence: 'make two: the tool said no' })
  })

  it('fails also where a step before it was taken back: what it did itself stays', async () => {
    const host = printing()
    host.failing.add('make two')
    expect((await after(asked, host)).ending.state).toBe('failed')
    expect(host.standing.has('make one')).toBe(false)
  })

  it('done, and followed by a step that fails, it needs a human as any other', async () => {
    const host = printing()
    host.failing.add('make one')
    const turned: Plan = { ...asked, steps: asked.steps.toReversed() }
    expect((await after(turned, host)).ending).toMatchObject({
      state: 'needs_human',
      sentence: expect.stringContaining('what it does stays'),
    })
  })

  it('is never run twice, wherever the worker dies', async () => {
    const moments = await momentsOf(temporaryFolder(), { host: printing(), plan: only })
    const states = new Set<string>()
    for (let moment = 0; moment < moments.length; moment++) {
      const host = printing()
      const { ending } = await after(only, host, [moment])
      expect([moments[moment], host.log.filter((line) => line.startsWith('perform')).length <= 1, host.offences]).toEqual([
        moments[moment],
        true,
        [],
      ])
      if (ending.state === 'needs_human') expect(ending.reason).toBe('state_unknown')
      states.add(ending.state)
    }
    expect([...states].toSorted()).toEqual(['done', 'needs_human'])
  })
})

describe('an output', () => {
  it('is plain lines', () => {
    expect(shownOutput('\u001b[31mred\u001b[0m\r\nb\rc\u0007\td\ud800\n\n')).toBe('red\nb\nc\td\ufffd')
    expect(shownOutput('pass\u001b[1mword=x1y2')).toBe('password=[hidden]')
  })

  it('that is too long is cut in its middle, which is said, and a secret on the cut is gone before', () => {
    const cut = shownOutput(`begin\n${'ä'.repeat(40_000)} token=s3cr3tt0ken ${'ö'.repeat(40_000)}\nend`)
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(64 * 1024 + 100)
    expect([cut.startsWith('begin\nä'), cut.endsWith('ö\nend'), cut.includes('\ufffd'), cut.includes('s3cr')]).toEqual([
      true,
      true,
      false,
      false,
    ])
    const [, left = ''] = /\n\[(\d+) bytes are left out here\]\n/.exec(cut) ?? []
    expect(Number(left)).toBeGreaterThan(90_000)
    expect(shownOutput('x'.repeat(64 * 1024))).toHaveLength(64 * 1024)
  })
})
