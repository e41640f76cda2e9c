import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { plan, type Plan } from '../../src/core/plan.ts'
import type { Step } from '../../src/core/step.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Effects } from '../../src/worker/effects/index.ts'
import { type JournalFolder, openJournalFolder } from '../../src/worker/journal.ts'

export const requestA = 'raaaaaaaaaaaaaaa'
export const requestB = 'rbbbbbbbbbbbbbbb'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-worker-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Journals whose files are closed when the test is over. */
export async function temporaryJournals(folder: string, now: Clock): Promise<JournalFolder> {
  const journals = await openJournalFolder(folder, now)
  onTestFinished(async () => {
    for (const { request } of await journals.inMemory()) await journals.rest(request)
  })
  return journals
}

/** Steps that a model host can carry out: each makes one folder stand. */
export function stepNamed(name: string): Step {
  return { title: `make ${name}`, action: { kind: 'folder', path: `/host/${name}`, mode: 0o755 } }
}

export function planOf(names: readonly string[], resources: readonly string[] = ['jail:blog']): Plan {
  return plan(names.map(stepNamed), { resources })
}

/** The process is gone at this very place: nothing after it happens in this life. */
export class Death extends Error {}

/** Stands for one life of the worker's process, which ends when it has touched the world so many times. */
export interface Life {
  /** Called where the process could die. */
  moment(what: string): void
  /** It has died. */
  readonly isOver: boolean
}

export function lifeOf(moments: number): Life & { moments: string[] } {
  let left = moments
  let isOver = false
  const seen: string[] = []
  return {
    moments: seen,
    moment(what) {
      seen.push(what)
      if (left <= 0) isOver = true
      if (isOver) throw new Death(what)
      left -= 1
    },
    get isOver() {
      return isOver
    },
  }
}

export interface ModelHost {
  /** What stands, by the step's title; 'half' was begun and cut off. */
  standing: Map<string, 'half' | 'done'>
  log: string[]
  /** Every step's effect stood at most once, and none was repeated unasked. */
  offences: string[]
  /** Steps that fail when performed, or when reverted. */
  failing: Set<string>
  failingUndo: Set<string>
  /** What steps print that show it, by their titles. */
  prints?: Map<string, string>
}

export function makeModelHost(): ModelHost {
  return { standing: new Map(), log: [], offences: [], failing: new Set(), failingUndo: new Set() }
}

/** Effects on the model host. A death during perform or revert leaves the step half done. */
export function modelEffects(host: ModelHost, life: Life, gate: { open: Promise<unknown> } = { open: Promise.resolve() }): Effects {
  const effects: Effects = {
    during: (steps) => steps(),
    async begin(step) {
      const before = await effects.capture(step)
      return {
        before,
        perform: (options) => effects.perform(step, options),
        settled: async () => undefined,
        callOff: async () => void host.log.push(`call off ${step.title}`),
      }
    },
    async capture({ title }) {
      life.moment(`capture ${title}`)
      return `before ${title}`
    },
    async perform({ title }, { heard }) {
      await gate.open
      life.moment(`before perform ${title}`)
      host.log.push(`perform ${title}`)
      if (host.standing.has(title)) host.offences.push(`${title} was performed where it stood ${host.standing.get(title)}`)
      host.standing.set(title, 'half')
      life.moment(`within perform ${title}`)
      const printed = host.prints?.get(title)
      if (printed !== undefined) heard?.(printed)
      if (host.failing.has(title)) throw new JailopsError('step_failed', 'the tool said no')
      host.standing.set(title, 'done')
      life.moment(`after perform ${title}`)
    },
    async check({ title }) {
      life.moment(`check ${title}`)
      host.log.push(`check ${title}`)
      return host.standing.get(title) ?? 'not'
    },
    async revert({ title }, before) {
      life.moment(`before revert ${title}`)
      host.log.push(`revert ${title}`)
      if (before !== `before ${title}`) host.offences.push(`${title} was reverted without what was kept of it`)
      if (host.failingUndo.has(title)) throw new JailopsError('undo_failed', 'it would not go')
      if (host.standing.has(title)) host.standing.set(title, 'half')
      life.moment(`within revert ${title}`)
      host.standing.delete(title)
      life.moment(`after revert ${title}`)
    },
    holds: async () => true,
  }
  return effects
}
