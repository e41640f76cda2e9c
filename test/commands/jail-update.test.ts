import { describe, expect, it } from 'vitest'
import update from '../../commands/jail/update.ts'
import upgrade from '../../commands/jail/upgrade.ts'
import type { LookAnswer, ObservedFacts } from '../../src/core/host.ts'
import type { Dataset } from '../../src/core/jail.ts'
import type { Step } from '../../src/core/step.ts'
import { createSnapshotDriver } from '../../src/host/snapshots.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { refusal } from '../core/refusal.ts'
import { testFacts } from '../host/facts-helper.ts'
import { backendOfJail, jail, planOf, readyProxy, request, route, titles } from './say.ts'
import { undoArgv } from '../support/undo-argv.ts'

function said(stdout: string, exitCode = 0): LookAnswer {
  return { exitCode, stdout, stderr: '' }
}

const looked = { packagedBase: said('', 1), userland: said('15.1-RELEASE\n'), vulnerable: said('curl-8.1\nnginx-1.28.0\n', 1) }
const dataset: Dataset = { name: 'zroot/usr/jails/blog', mountpoint: '/usr/jails/blog', isMounted: true, hasOwnMountpoint: false }
const seen: Partial<ObservedFacts> = { jails: [jail()], looked }

describe('jail update', () => {
  it('says what it is patched to, and what pkg audit knows', () => {
    const { remarks } = planOf(update, { jail: 'blog' }, seen)
    expect(remarks).toEqual([
      'blog is at 15.1-RELEASE now.',
      'pkg audit knows 2 of its packages to be vulnerable: curl-8.1, nginx-1.28.0',
      expect.stringContaining('/jail restart blog'),
    ])
  })

  it.each([
    ['no word of vulnerable packages', { vulnerable: said('', 0) }, 'knows of no vulnerable package'],
    ['no list to look in', { vulnerable: said('', 1) }, 'could not say'],
    ['nonsense of a jail', { userland: said('<b>hello</b>\n') }, 'could not be read'],
  ])('makes no promise of %s', (_, other, words) => {
    expect(planOf(update, { jail: 'blog' }, { ...seen, looked: { ...looked, ...other } }).remarks.join(' ')).toContain(words)
  })

  it('waits for its sites', () => {
    const proxy = { ...readyProxy, routes: [route], backends: [backendOfJail('blog')] }
    expect(titles(planOf(update, { jail: 'blog' }, { ...seen, proxy })).join()).toContain('Wait until the site at 10.0.0.5 answers')
  })

  it('takes one snapshot, not two', () => {
    const plan = planOf(update, { jail: 'blog' }, { ...seen, datasets: [dataset] })
    expect(plan.steps.filter(({ action }) => action.kind === 'run' && action.argv.includes('snapshot'))).toHaveLength(1)
    expect(plan.steps.filter(({ final }) => final !== undefined)).toEqual([])
  })
})

describe('jail upgrade', () => {
  it('runs what is new: the jail is stopped and started after it', () => {
    expect(titles(planOf(upgrade, { jail: 'blog', release: '15.2-RELEASE' }, seen)).slice(-2)).toEqual(['Stop blog', 'Start blog'])
  })

  it('has nothing to do where it is at that release, and refuses what is none', () => {
    const there = { ...seen, jails: [jail({ release: '15.1-RELEASE-p1' })] }
    expect(planOf(upgrade, { jail: 'blog', release: '15.1-RELEASE' }, there).steps).toEqual([])
    expect(refusal(() => planOf(upgrade, { jail: 'blog', release: '15.1-STABLE' }, seen)).code).toBe('bad_argument')
  })
})

describe('a change around which a snapshot is taken', () => {
  const facts = testFacts({ datasets: [dataset, { ...dataset, name: `${dataset.name}/data`, mountpoint: '/usr/jails/blog/data' }] })
  const change: Step = { title: 'Change it', action: { kind: 'run', argv: ['tool'], timeoutSeconds: 1 }, final: 'no way back' }

  it('goes back to it, with all that lies below, when nothing else takes it back', () => {
    const steps = createSnapshotDriver(facts, createDrivers(facts).jails).around(jail(), `before-${request}`, [change])
    expect(steps.map(({ title }) => title)).toEqual([
      `Take the snapshot before-${request} of blog`,
      'See that blog can go back to it',
      'Change it',
    ])
    const undo = (steps[1]?.undo ?? []).map((one) => undoArgv(one).join(' '))
    expect(undo.slice(1, 3)).toEqual([
      `zfs rollback -r ${dataset.name}@before-${request}`,
      `zfs rollback -r ${dataset.name}/data@before-${request}`,
    ])
    expect(undo).toHaveLength(4)
    expect(undo[0]).toContain('-r blog')
    expect(undo[3]).toContain('-c blog')
    expect(steps[2]?.final).toBeUndefined()
  })

  it('is as it was without ZFS', () => {
    const bare = testFacts()
    expect(createSnapshotDriver(bare, createDrivers(bare).jails).around(jail(), 'x', [change])).toEqual([change])
  })
})
