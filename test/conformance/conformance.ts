import { parseArgs } from 'node:util'
import { loadCommands } from '../house/commands.ts'
import { chooseCells } from './budget.ts'
import { columns, type Column } from './columns.ts'
import { prepareHost } from './prepare-host.ts'
import { type Mode, modes, type Outcome, tryVerb } from './trial.ts'
import { insideVerbs } from './verbs/inside.ts'
import { lifecycle } from './verbs/lifecycle.ts'
import { properties } from './verbs/properties.ts'
import { reads } from './verbs/reads.ts'
import { releases } from './verbs/releases.ts'
import type { Verb } from './verbs/verb.ts'
import { openWorld, type World } from './world.ts'

/*
 * `npm run conformance -- [--driver NAME] [--verb WORDS] [--mode MODE] [--seed N] [--budget CELLS]`: every verb on every driver, when all goes
 * well, when a tool lies, fails or hangs, and when the worker is killed in the middle. What is right: the state, or it is undone; and the message
 * is true. With a budget only so many cells, which the seed chooses.
 */

const { values } = parseArgs({
  options: {
    driver: { type: 'string', multiple: true },
    verb: { type: 'string', multiple: true },
    mode: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    budget: { type: 'string' },
  },
})
const firstSeed = Number(values.seed)
const verbs = [...lifecycle, ...properties, ...insideVerbs, ...releases, ...reads].filter(({ path }) => values.verb?.includes(path) ?? true)
const chosen = columns.filter(({ name }) => values.driver?.includes(name) ?? true)
const ways = modes.filter((mode) => values.mode?.includes(mode) ?? true)
const isChosen =
  values.budget === undefined ? () => true : chooseCells({ columns: chosen, verbs, modes: ways }, Number(values.budget), firstSeed)
const commands = new Map((await loadCommands()).map(({ command }) => [command.path, command]))

type Cell = Map<Mode, Outcome>
const table = new Map<string, Map<string, Cell>>()

const letters = { holds: '✓', 'not there': '–', nothing: '·', broken: '✗' } as const
const width = Math.max(...verbs.map(({ path }) => path.length)) + 2

for (const column of chosen) {
  const cells = new Map<string, Cell>()
  table.set(column.name, cells)
  const world = await openWorld(column, commands)
  try {
    await prepareHost(world)
    for (const [index, verb] of verbs.entries()) cells.set(verb.path, await allWays(world, column, verb, index))
  } finally {
    await world.stop()
  }
}

async function allWays(world: World, column: Column, verb: Verb, index: number): Promise<Cell> {
  const cell: Cell = new Map()
  for (const [place, mode] of ways.entries()) {
    if (!isChosen(column, verb, mode)) continue
    await world.rewind()
    const outcome = await tryVerb(world, verb, mode, firstSeed + index * 7 + place).catch((error: unknown): Outcome => ({
      kind: 'broken',
      why: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    cell.set(mode, outcome)
    if (outcome.kind === 'broken') process.stdout.write(`${column.name}: ${verb.path}, ${mode}: ${outcome.why}\n`)
    // what a driver does not have it has in no way
    if (outcome.kind === 'not there') break
  }
  return cell
}

process.stdout.write(`\n${''.padEnd(width)}${chosen.map(({ name }) => name.padEnd(14)).join('')}(${ways.join(', ')})\n`)
for (const { path } of verbs) {
  const row = chosen.map(({ name }) => shownCell(table.get(name)?.get(path)).padEnd(14))
  process.stdout.write(`${path.padEnd(width)}${row.join('')}\n`)
}
const outcomes = [...table.values()].flatMap((cells) => [...cells.values()].flatMap((cell) => [...cell.values()]))
const tried = outcomes.filter(({ kind }) => kind !== 'nothing')
const held = tried.filter(({ kind }) => kind !== 'broken')
process.stdout.write(`✓ holds, – the driver says that it cannot and what to use instead, · nothing there that could go wrong\n`)
process.stdout.write(`${held.length} of ${tried.length} hold\n`)
process.exitCode = held.length === tried.length ? 0 : 1

function shownCell(cell: Cell | undefined): string {
  return ways
    .map((mode) => letterOf(cell?.get(mode)))
    .join('')
    .trimEnd()
}

function letterOf(outcome: Outcome | undefined): string {
  return outcome === undefined ? ' ' : letters[outcome.kind]
}
