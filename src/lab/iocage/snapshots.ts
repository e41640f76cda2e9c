import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { confirm, needValue, oneOperand, readWords } from './click.ts'
import { allJails, meansAll, needJail, runningJail, type Jail } from './jails.ts'
import { fail, info, run, warn, zfs } from './speech.ts'
import { drawTable } from './table.ts'

const named = { '-n': 'name', '--name': 'name' }
const forced = { '-f': 'force', '--force': 'force' }
const usage = '[OPTIONS] JAIL'

/** iocage snapshot. */
export async function snapshot(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('snapshot', args, { values: named, usage })
  const wanted = oneOperand('snapshot', usage, words, 'JAIL')
  const name = words.value('name') ?? new Date().toISOString().slice(0, 19).replace('T', '_')
  for (const jail of await chosen(host, call, wanted)) await snapshotJail(host, call, jail, name)
}

async function chosen(host: Host, call: Call, wanted: string): Promise<Jail[]> {
  return meansAll(wanted) ? allJails(host, call) : [await needJail(host, call, wanted)]
}

export async function snapshotJail(host: Host, call: Call, jail: Jail, name: string): Promise<void> {
  const ran = await run(host, call, 'zfs', ['snapshot', '-r', `${jail.dataset}@${name}`])
  if (ran.code !== 0) fail(ran.err.includes('already exists') ? 'Snapshot already exists!' : ran.err.trimEnd())
  info(call, `Snapshot: ${jail.dataset}@${name} created.`)
}

/** iocage snaplist. */
export async function snaplist(host: Host, call: Call, args: string[]): Promise<void> {
  const flags = { '-h': 'tabs', '-H': 'tabs', '--header': 'tabs', '-l': 'long', '--long': 'long' }
  const words = readWords('snaplist', args, { flags, values: { '-s': 'sort', '--sort': 'sort' }, usage })
  const jail = await needJail(host, call, oneOperand('snaplist', usage, words, 'JAIL'))
  const columns = 'name,creation,referenced,used'
  const out = await zfs(host, call, 'list', '-H', '-r', '-t', 'snapshot', '-o', columns, '-s', 'createtxg', jail.dataset)
  const all = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
  const rows = all
    .filter(([name = '']) => name.startsWith(`${jail.dataset}@`))
    .flatMap((parent) => {
      const root = all.find(([name]) => name === (parent[0] ?? '').replace('@', '/root@'))
      // Only what has its root beside it is shown.
      return root === undefined ? [] : [shown(parent, words.flags.has('long'), ''), shown(root, words.flags.has('long'), '/root')]
    })
  if (!words.flags.has('tabs')) return info(call, drawTable(['NAME', 'CREATED', 'RSIZE', 'USED'], rows))
  for (const row of rows) info(call, row.join('\t'))
  return undefined
}

function shown([name = '', ...rest]: string[], long: boolean, ending: string): string[] {
  return [long ? name : `${name.slice(name.indexOf('@') + 1)}${ending}`, ...rest]
}

/** iocage rollback: with it go all newer snapshots. */
export async function rollback(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('rollback', args, { flags: forced, values: named, usage })
  const wanted = oneOperand('rollback', usage, words, 'JAIL')
  const name = needValue('rollback', usage, words, 'name', "--name' / '-n")
  if (!words.flags.has('force')) {
    warn(call, `\nThis will destroy ALL data created including ALL snapshots taken after the snapshot ${name}`)
    if (!(await confirm(call, '\nAre you sure?'))) return
  }
  const jail = await needJail(host, call, wanted)
  if (runningJail(host, jail.name) !== undefined) fail(`Please stop ${jail.name} before trying to rollback!`)
  const all = (await zfs(host, call, 'list', '-H', '-r', '-o', 'name', jail.dataset)).split('\n').filter((line) => line !== '')
  const there = await run(host, call, 'zfs', ['list', '-H', '-o', 'name', `${jail.dataset}@${name}`])
  if (there.code !== 0) fail(`${jail.dataset} does not exist`)
  for (const dataset of [...all.slice(1), ...all.slice(0, 1)]) await zfs(host, call, 'rollback', '-r', `${dataset}@${name}`)
  info(call, `Rolled back to: ${jail.dataset}`)
}

/** iocage snapremove. */
export async function snapremove(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('snapremove', args, { flags: forced, values: named, usage })
  const wanted = oneOperand('snapremove', usage, words, 'JAIL')
  const name = needValue('snapremove', usage, words, 'name', "--name' / '-n")
  if (name === 'ALL' && !words.flags.has('force'))
    fail('Usage: iocage snapremove [OPTIONS] JAILS...\n\nError: Mass snapshot deletion requires "force" (-f).')
  for (const jail of await chosen(host, call, wanted)) {
    const names = name === 'ALL' ? await allSnapshots(host, call, jail) : [name]
    for (const each of names) await removeOne(host, call, jail, each)
  }
}

async function allSnapshots(host: Host, call: Call, jail: Jail): Promise<string[]> {
  const out = await zfs(host, call, 'list', '-H', '-t', 'snapshot', '-o', 'name', jail.dataset)
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(line.indexOf('@') + 1))
}

async function removeOne(host: Host, call: Call, jail: Jail, name: string): Promise<void> {
  const target = `${jail.dataset}@${name}`
  const there = await run(host, call, 'zfs', ['list', '-H', '-o', 'name', target])
  if (there.code !== 0) fail(`Snapshot: ${target} not found!`)
  await zfs(host, call, 'destroy', '-r', target)
  info(call, `Snapshot: ${target} destroyed`)
}
