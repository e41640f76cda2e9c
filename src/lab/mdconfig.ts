import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from './call.ts'
import { readable } from './files/operands.ts'
import type { Host } from './host.ts'
import { runReal } from './real.ts'
import { refuse } from './refuse.ts'

/** mdconfig(8) over files: `-a -t vnode [-u UNIT] -f FILE`, `-d -u UNIT`, `-l`. An image of a disc is a tar archive here, whatever its name says. */
export async function mdconfig(host: Host, call: Call): Promise<number> {
  const line = call.args.join(' ')
  if (line === '-l') return list(host, call)
  const unit = /^-d -u (?:md)?(\d+)$/.exec(line)?.[1]
  if (unit !== undefined) return detach(host, call, Number(unit))
  const file = call.args.at(-1) ?? ''
  const [wanted, asked] = /^(?:-a )?(?:-t vnode )?(?:-o readonly )?(?:-u (?:md)?(\d+) )?-f [^ ]+$/.exec(line) ?? []
  if (wanted === undefined) return refuse('mdconfig', `${line} is not imitated here`)
  return attach(host, call, file, asked === undefined ? undefined : Number(asked))
}

/** Where the content of a unit lies; nothing is there when the file is no disc. */
export function discFolder(host: Host, unit: number): string {
  return join(host.paths.folder, 'run/md', `${unit}`)
}

function list(host: Host, call: Call): number {
  const names = [...host.memoryDisks].toSorted((one, other) => one - other).map((unit) => `md${unit}`)
  if (names.length > 0) call.out(`${names.join(' ')}\n`)
  return 0
}

async function attach(host: Host, call: Call, file: string, asked: number | undefined): Promise<number> {
  const real = readable(host, call, file)
  if (!existsSync(real)) return fail(call, `could not find full path for ${file}: No such file or directory`)
  if (asked !== undefined && host.memoryDisks.has(asked)) return fail(call, 'ioctl(/dev/mdctl): Device busy')
  let unit = asked ?? 0
  while (host.memoryDisks.has(unit)) unit++
  host.memoryDisks.add(unit)
  const folder = discFolder(host, unit)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { code } = await runReal('tar', ['-xf', real, '-C', folder], { cwd: folder })
  if (code !== 0) rmSync(folder, { recursive: true })
  if (asked === undefined) call.out(`md${unit}\n`)
  return 0
}

function detach(host: Host, call: Call, unit: number): number {
  if (!host.memoryDisks.has(unit)) return fail(call, 'ioctl(/dev/mdctl): No such file or directory')
  if (host.mounts.some(({ from }) => from === `/dev/md${unit}`)) return fail(call, 'ioctl(/dev/mdctl): Device busy')
  host.memoryDisks.delete(unit)
  rmSync(discFolder(host, unit), { recursive: true, force: true })
  return 0
}

function fail(call: Call, message: string): 1 {
  call.err(`mdconfig: ${message}\n`)
  return 1
}
