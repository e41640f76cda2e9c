import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manager } from '../../src/core/jail.ts'
import { type Fault, setFaults } from '../../src/lab/lab.ts'
import { loadCommands } from '../../test/house/commands.ts'
import { columns } from '../../test/conformance/columns.ts'
import { openWorld, type World } from '../../test/conformance/world.ts'
import { compare, alternate, type Measured, type Row } from '../support/measured.ts'
import { scriptOf } from '../support/plan-script.ts'

/*
 * `jail create` with nginx, from the plan to the end of its last step: journal, probes before and after, and all, against a shell script with the
 * same argv. The lab's tools answer in milliseconds, where the real ones copy some 400 MB, run /etc/rc and fetch packages: so those are slowed
 * down to what they take at least on a fast host (assumed, not measured). With `JAILOPS_BENCH_BARE_LAB=1` they are not, which shows what jailops
 * itself costs: its journal, and a look at the host before and after each step.
 */

const isBareLab = process.env['JAILOPS_BENCH_BARE_LAB'] === '1'

const slow: Fault[] = [
  { program: 'cp', delayMilliseconds: 3000 },
  { program: 'tar', delayMilliseconds: 3000 },
  { program: 'jail', argumentsInclude: ['-c'], delayMilliseconds: 2000 },
  { program: 'pkg', argumentsInclude: ['install'], delayMilliseconds: 6000 },
  { program: 'service', argumentsInclude: ['nginx', 'start'], delayMilliseconds: 300 },
  { program: 'bastille', argumentsInclude: ['create'], delayMilliseconds: 4000 },
  { program: 'iocage', argumentsInclude: ['create'], delayMilliseconds: 3000 },
  { program: 'iocage', argumentsInclude: ['start'], delayMilliseconds: 3000 },
  { program: 'ezjail-admin', argumentsInclude: ['create'], delayMilliseconds: 4000 },
  { program: 'ezjail-admin', argumentsInclude: ['start'], delayMilliseconds: 2000 },
  { program: 'ezjail-admin', argumentsInclude: ['onestart'], delayMilliseconds: 2000 },
]

export const jailCreateRows: readonly Row[] = (['jail.conf', 'bastille', 'iocage', 'ezjail'] as const).map((manager) => ({
  name: `jail.create@${manager}`,
  about: `jail create by jailops on ${manager} | the same argv in a shell script`,
  measure: () => measure(manager),
}))

async function measure(manager: Manager): Promise<Measured> {
  const column = columns.find((one) => one.manager === manager)
  if (column === undefined) throw new Error(`no kind of host has ${manager}`)
  const commands = new Map((await loadCommands()).map(({ command }) => [command.path, command]))
  await using begun = new AsyncDisposableStack()
  const world = begun.adopt(await openWorld(column, commands, { isPatient: true }), (it) => it.stop())
  await world.keep()
  const ours = () => fresh(world, async (planned) => void (await world.carryOut(planned)))
  const bare = () =>
    fresh(world, async ({ plan }) => {
      const script = join(world.lab().folder, 'create.sh')
      writeFileSync(script, scriptOf(plan))
      const { code, text } = await world.sh(`. ${script}`)
      if (code !== 0) throw new Error(`the script ended with ${code}: ${text}`)
    })
  return compare(`jail.create@${manager}`, await alternate({ ours, bare }, { samples: 3, warmUp: 1 }))
}

/** On a host as it was before. @returns milliseconds */
async function fresh(world: World, work: (planned: Awaited<ReturnType<World['plan']>>) => Promise<void>): Promise<number> {
  await world.rewind()
  const planned = await world.plan(world.command('jail create'), { jail: 'shop' })
  setFaults(world.lab().folder, isBareLab ? [] : slow)
  const began = performance.now()
  await work(planned)
  const took = performance.now() - began
  const { text } = await world.sh('jls name')
  if (!text.includes('shop')) throw new Error('no jail came of it')
  return took
}
