import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { subCall, type Call } from '../call.ts'
import { tar } from '../files/tar.ts'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { readIn, removeIn, writeIn, type Root } from '../root-files.ts'

interface Merge {
  host: Host
  root: Root
  /** Of DESTDIR/var/db/etcupdate or -d. */
  work: string
  tarball: string | undefined
  isDry: boolean
  call: Call
}

const commands = new Set(['build', 'diff', 'extract', 'resolve', 'revert', 'status'])

/** etcupdate(8) with -t TARBALL: what was not changed here is brought up to date; what was is a conflict, for nothing is merged. */
export async function etcupdate(host: Host, call: Call): Promise<number> {
  const [first = ''] = call.args
  const command = commands.has(first) ? first : 'update'
  const merge = parse(host, commands.has(first) ? call.args.slice(1) : call.args, call)
  if (command === 'extract') return extract(merge)
  if (command === 'update') return update(merge)
  const conflicts = filesBelow(join(merge.work, 'conflicts'))
  if (command === 'status') call.out(conflicts.map((path) => `  C ${path}\n`).join(''))
  else if (command !== 'resolve' || conflicts.length > 0) return refuse('etcupdate', `${command} is not imitated here`)
  return 0
}

function parse(host: Host, args: string[], call: Call): Merge {
  const values = new Map<string, string>()
  let isDry = false
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (/^-[dtDs]$/.test(arg)) values.set(arg.charAt(1), args[++at] ?? '')
    else if (arg === '-n') isDry = true
    else if (arg !== '-F' && arg !== '-B') refuse('etcupdate', `option ${arg} is not imitated here`)
  }
  const destination = values.get('D') ?? '/'
  toWritable(host.paths, 'etcupdate', `${destination}/.`, call.cwd)
  const work = values.get('d') ?? `${destination}/var/db/etcupdate`
  toWritable(host.paths, 'etcupdate', `${work}/current`, call.cwd)
  const root = { host, folder: destination === '/' ? host.paths.host : toReal(host.paths, destination, call.cwd) }
  return { host, root, work: toReal(host.paths, work, call.cwd), tarball: values.get('t'), isDry, call }
}

/** Without a tarball a tree is built from /usr/src, which a lab has not. */
async function unpack({ host, tarball, call }: Merge, folder: string): Promise<boolean> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const code = tarball === undefined ? 1 : await tar(host, subCall(call, 'tar', ['-xf', tarball, '-C', folder], { err: () => undefined }))
  if (code === 0) return true
  call.out(tarball === undefined ? 'Failed to build new tree.\n' : 'Failed to extract new tree.\n')
  rmSync(folder, { recursive: true, force: true })
  return false
}

async function extract(merge: Merge): Promise<number> {
  const [current, old] = [join(merge.work, 'current'), join(merge.work, 'old')]
  if (existsSync(current)) {
    rmSync(old, { recursive: true, force: true })
    renameSync(current, old)
  }
  return (await unpack(merge, current)) ? 0 : 1
}

async function update(merge: Merge): Promise<number> {
  const { work, isDry, call } = merge
  const [current, old, next] = ['current', 'old', 'etcupdate-lab'].map((name) => join(work, name))
  if (current === undefined || old === undefined || next === undefined) return 1
  if (filesBelow(join(work, 'conflicts')).length > 0) {
    call.out('Conflicts remain from previous update, aborting.\n')
    return 1
  }
  if (!(await unpack(merge, next))) return 1
  if (!existsSync(current)) {
    call.out('No previous tree to compare against, a sane comparison is not possible.\n')
    rmSync(next, { recursive: true })
    return 1
  }
  const [before, after] = [filesBelow(current).toSorted(), filesBelow(next).toSorted()]
  const removed = before.filter((path) => !after.includes(path))
  const both = before.filter((path) => after.includes(path))
  const added = after.filter((path) => !before.includes(path))
  for (const path of [...removed, ...both, ...added]) bringOver(merge, path, current, next)
  if (isDry) rmSync(next, { recursive: true })
  else {
    rmSync(old, { recursive: true, force: true })
    renameSync(current, old)
    renameSync(next, current)
  }
  return 0
}

/** One file: as it was in the last tree, as it is in the new one, as it lies in the system. */
function bringOver({ root, work, isDry, call }: Merge, path: string, current: string, next: string): void {
  const [before, after, here] = [textOf(join(current, path)), textOf(join(next, path)), readIn(root, path)]
  if (before === after || here === after) return
  const isOurs = here !== before
  const sign = isOurs ? 'C' : after === undefined ? 'D' : before === undefined ? 'A' : 'U'
  call.out(`  ${sign} ${path}\n`)
  if (isDry) return
  if (isOurs) mkdirSync(join(work, 'conflicts'), { recursive: true })
  if (isOurs)
    writeIn({ host: root.host, folder: join(work, 'conflicts') }, path, `<<<<<<< yours\n${here ?? ''}=======\n${after ?? ''}>>>>>>> new\n`)
  else if (after === undefined) removeIn(root, path)
  else writeIn(root, path, after, statSync(join(next, path)).mode & 0o777)
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** `/etc/hosts` and so on; links are left out. */
function filesBelow(folder: string, below = ''): string[] {
  const place = join(folder, below)
  if (!existsSync(place)) return []
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const path = `${below}/${entry.name}`
    return entry.isDirectory() ? filesBelow(folder, path) : entry.isFile() ? [path] : []
  })
}
