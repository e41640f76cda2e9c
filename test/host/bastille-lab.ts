import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Drivers } from '../../src/core/drivers.ts'
import { factNames, type Facts, factsOf } from '../../src/core/host.ts'
import type { NewJail } from '../../src/core/jail.ts'
import type { Step } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { createEffects, type Effects } from '../../src/worker/effects/index.ts'
import { type Ran, runShell, writeBelow } from '../lab/temporary-lab.ts'
import { listing } from '../support/house.ts'
import { reloadsIn } from '../support/reloads.ts'

interface Done {
  step: Step
  before: string | null
}

/** A host with bastille, and the drivers' steps carried out on it and taken back. */
export interface BastilleLab {
  lab: Lab
  shell: Shell
  effects: Effects
  /** Where jails are. */
  jails: string
  sh(line: string): Promise<Ran>
  look(): Promise<{ facts: Facts; drivers: Drivers }>
  carryOut(steps: readonly Step[]): Promise<Done[]>
  takeBack(done: readonly Done[]): Promise<void>
  /** Carries out until a step fails, and takes all back. @returns the failure's sentence */
  fail(steps: readonly Step[]): Promise<string>
  /** Forward and back again leaves nothing behind; and forward once more. */
  thereAndBack(steps: () => Promise<readonly Step[]>): Promise<void>
  /** All that a change could leave behind. */
  traces(): Promise<Record<string, unknown>>
  running(): Promise<string[]>
  /** A file below `jails`. */
  read(path: string): string
  remove(): Promise<void>
}

/** What grows by itself, and what tools leave behind on a real host too. */
const passing = /^((usr\/local\/bastille\/jails\/[^/]+\/root\/)?(var\/(log|run|cache)|tmp)(\/|$)|usr\/jails\/\.trash$)/

export async function bastilleLab(zfs: boolean): Promise<BastilleLab> {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-bastille-'))
  writeBelow(join(folder, 'host'), 'boot/loader.conf', 'kern.racct.enable=1\n')
  const lab = await startLab({ folder, zfs, managers: ['bastille'] })
  const shell = createLocalShell(lab.layout)
  // waits are short: what the lab does, it has done when its program ends
  let past = 0
  const hands = {
    shell,
    now: () => Date.now() + past,
    sleep: async (milliseconds: number) => {
      past += milliseconds
      await sleep(5)
    },
  }
  const effects = createEffects({ ...hands, reloads: reloadsIn(folder, hands), stagingFolder: join(lab.folder, 'staging') })
  let groups = 0
  const options = () => ({ groupFile: join(folder, `group-${groups++}`) })
  const here: BastilleLab = {
    lab,
    shell,
    effects,
    jails: `${lab.layout.bastille.prefix}/jails`,
    sh: (line) => runShell(lab.layout.programFolders, line),
    async look() {
      const wanted = factNames.filter((name) => !['check', 'proxy', 'proxyStatus'].includes(name))
      const facts = factsOf(lab.layout, await observe({ shell, layout: lab.layout }, wanted, { others: [], here: [] }))
      return { facts, drivers: createDrivers(facts) }
    },
    async carryOut(steps) {
      const done: Done[] = []
      for (const step of steps) {
        done.push({ step, before: await effects.capture(step) })
        await effects.perform(step, options())
      }
      return done
    },
    async takeBack(done) {
      for (const { step, before } of done.toReversed()) await effects.revert(step, before, options())
    },
    async fail(steps) {
      const done: Done[] = []
      const problem = await tryAll()
      await here.takeBack(done)
      return problem

      async function tryAll(): Promise<string> {
        try {
          for (const step of steps) {
            done.push({ step, before: await effects.capture(step) })
            await effects.perform(step, options())
          }
        } catch (error) {
          return error instanceof Error ? error.message : String(error)
        }
        throw new Error('nothing failed')
      }
    },
    async thereAndBack(steps) {
      const before = await here.traces()
      await here.takeBack(await here.carryOut(await steps()))
      expect(await here.traces()).toEqual(before)
      await here.carryOut(await steps())
    },
    async traces() {
      const lines = ['jls -n name path ip4.addr', 'mount -p', 'ifconfig -a', 'rctl', 'zfs list -t all -H -o name,origin']
      const answers = await Promise.all(lines.map(async (line) => [line, (await here.sh(line)).text.split('\n').toSorted()] as const))
      return { ...Object.fromEntries(answers), ...listing(lab.hostFolder, passing) }
    },
    running: async () =>
      (await here.sh('jls name')).text
        .split('\n')
        .filter((name) => name !== '')
        .toSorted(),
    read: (path) => readFileSync(`${here.jails}/${path}`, 'utf8'),
    async remove() {
      await shell.stop()
      await lab.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return here
}

export function newJail(name: string, address: string, more: Partial<NewJail> = {}): NewJail {
  return { name, manager: 'bastille', address, startsAtBoot: true, type: 'thin', vnet: false, ...more }
}
