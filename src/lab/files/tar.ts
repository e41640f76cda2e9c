import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuseNullfsBelow } from '../mount-table.ts'
import { toWritable } from '../paths.ts'
import { runReal } from '../real.ts'
import { refuse } from '../refuse.ts'
import { readable } from './operands.ts'
import { parseTar, type TarOptions } from './tar-options.ts'

/** `tar -xpf ARCHIVE -C FOLDER`, `tar -cf ARCHIVE -C FOLDER WHAT…`, `tar -tf ARCHIVE`: the machine's own tar. */
export async function tar(host: Host, call: Call): Promise<number> {
  const options = parseTar(call)
  const { mode, archive, members } = options
  const odd = members.find((word) => word.startsWith('/') || word.split('/').includes('..'))
  if (odd !== undefined) return refuse('tar', `member ${odd} is not imitated here: only relative names`)
  const folder = folderOf(host, call, options)
  const piped = archive === '-' ? temporaryFile(host) : undefined
  if (piped !== undefined && mode !== 'c') writeFileSync(piped, await call.input())
  const real = piped ?? (mode === 'c' ? toWritable(host.paths, 'tar', archive, call.cwd) : readable(host, call, archive))
  // A nullfs is a mount of its own: --one-file-system stays out of it, as out of the folder that it covers.
  if (mode === 'c' && !options.long.includes('--one-file-system'))
    for (const member of members) refuseNullfsBelow(host, 'tar', join(folder, member))
  const prints = mode === 't' || options.flags.includes('v') || (mode === 'x' && options.flags.includes('O'))
  if (mode === 'x') await refuseLinksOut(host, real, folder)
  const words = [`-${options.flags}f`, real, '-C', folder, ...options.long, '--', ...members]
  const { code, text } = await runReal('tar', words, { cwd: host.paths.host })
  if (prints) call.out(text)
  else call.err(text.replaceAll(host.paths.host, ''))
  if (piped !== undefined) {
    if (mode === 'c' && code === 0) call.out(readFileSync(piped))
    rmSync(piped, { force: true })
  }
  // GNU tar says 2 where bsdtar says 1.
  return code === 0 ? 0 : 1
}

/** Both ends of every symlink must lie in the lab: readable() looks at the folder itself, toWritable at what is above it. */
function folderOf(host: Host, call: Call, { folder = call.cwd, mode }: TarOptions): string {
  const real = readable(host, call, folder)
  if (mode === 'x' && existsSync(real)) toWritable(host.paths, 'tar', `${folder}/.`, call.cwd)
  return real
}

let pipes = 0

function temporaryFile(host: Host): string {
  const folder = join(host.paths.folder, 'run/tar')
  mkdirSync(folder, { recursive: true })
  return join(folder, String(++pipes))
}

/** The machine's tar goes through folders that already lie there as links. */
async function refuseLinksOut(host: Host, archive: string, folder: string): Promise<void> {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return
  const listed = await runReal('tar', ['-tf', archive], { cwd: host.paths.host })
  if (listed.text.includes('\\')) refuse('tar', 'over a folder that is not empty such names are not imitated here')
  const folders = new Set(listed.text.split('\n').map((name) => dirname(name)))
  for (const each of folders) toWritable(host.paths, 'tar', join(folder, each, 'member'), '/', { followLast: false })
}
