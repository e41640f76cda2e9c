import { describe, expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { plan } from '../../src/core/plan.ts'
import type { Step } from '../../src/core/step.ts'
import type { Effects } from '../../src/worker/effects/index.ts'
import { execute } from '../../src/worker/executor.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { lifeOf, makeModelHost, modelEffects, requestA, stepNamed, temporaryFolder, temporaryJournals } from './worker-bench.ts'

const weighed = (server: string): Step => ({
  title: `weigh ${server}`,
  action: { kind: 'proxy-server', socket: '/s', backend: 'site_1', server, weight: 5 },
})
const steps = [stepNamed('first'), weighed('blog'), weighed('shop'), stepNamed('last')]

/** A request whose every moment is looked at by somebody who would mend the running proxy. */
async function watched({ failing, lost, plan: all = steps }: { failing?: string; lost?: string; plan?: readonly Step[] } = {}) {
  const gate = createProxyGate()
  const host = makeModelHost()
  if (failing !== undefined) host.failing.add(failing)
  const model = modelEffects(host, lifeOf(Number.POSITIVE_INFINITY))
  const seen: string[] = []
  const isLost = { still: lost !== undefined }
  const look = async (what: string) => {
    if ((await gate.looking(async () => true)) === true) seen.push(what)
  }
  const effects: Effects = {
    ...model,
    async begin(step) {
      await look(`before ${step.title}`)
      if (isLost.still && step.title === lost) throw new JailopsError('connection_lost', 'gone')
      const begun = await model.begin(step)
      return { ...begun, perform: (options) => begun.perform(options).finally(() => look(`after ${step.title}`)) }
    },
    async revert(step, before, options) {
      await look(`back ${step.title}`)
      await model.revert(step, before, options)
    },
  }
  const journal = await (await temporaryJournals(temporaryFolder(), () => 1)).open(requestA)
  const run = {
    journal,
    plan: plan(all, { resources: [] }),
    cancelled: () => undefined,
    stopping: () => false,
    progress: () => undefined,
  }
  const live = () => execute({ effects, endGroup: async () => undefined, gate }, run)
  return { live, seen, look, isLost }
}

describe('nobody mends the proxy between two steps that change it', () => {
  it('forward', async () => {
    const { live, seen, look } = await watched()
    expect(await live()).toEqual({ state: 'done' })
    await look('the end')
    expect(seen).toEqual(['before make first', 'after make first', 'before make last', 'after make last', 'the end'])
  })

  it('and on the way back', async () => {
    const { live, seen, look } = await watched({ failing: 'make last' })
    expect(await live()).toMatchObject({ state: 'undone' })
    await look('the end')
    expect(seen.slice(2)).toEqual(['before make last', 'after make last', 'back make last', 'back make first', 'the end'])
  })

  it('nor while its host cannot be reached in between', async () => {
    const { live, seen, look, isLost } = await watched({ lost: 'weigh shop' })
    await expect(live()).rejects.toMatchObject({ code: 'connection_lost' })
    await look('without a host')
    isLost.still = false
    expect(await live()).toEqual({ state: 'done' })
    expect(seen).toEqual(['before make first', 'after make first', 'before make last', 'after make last'])
  })

  it('but whoever has not begun when its host is gone may never come again, and keeps nobody from it', async () => {
    const { live, seen, look } = await watched({ lost: 'weigh blog', plan: [weighed('blog')] })
    await expect(live()).rejects.toMatchObject({ code: 'connection_lost' })
    await look('given up')
    expect(seen).toEqual(['given up'])
  })
})
