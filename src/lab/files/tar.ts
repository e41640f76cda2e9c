import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuseNullfsBelow } from '../mount-table.ts'
import { toWritable } from '../paths.ts'
import { runReal } from '../real.ts'
import { refuse } from '../refuse.ts'
import { readable } from './operands.ts'

/** `tar -xpf ARCHIVE -C FOLDER`, `tar -cf ARCHIVE -C FOLDER WHAT…`, `tar -tf ARCHIVE`, with z, J and v: the machine's own tar. */
export async function tar(host: Host, call: Call): Promise<number> {
  const [word = '', archive, ...rest] = call.args
  const letters = [...word.replace(/^-/, '')]
  const mode = letters.find((letter) => 'xct'.includes(letter))
  if (
    mode === undefined ||
    letters.at(-1) !== 'f' ||
    letters.some((letter) => !'xctpvzJf'.includes(letter)) ||
    archive === undefined ||
    archive === '-'
  ) {
    return refuse('tar', `${call.args.join(' ')} is not imitated here`)
  }
  const real = mode === 'c' ? toWritable(host.paths, 'tar', archive, call.cwd) : readable(host, call, archive)
  const parsed = parseRest(host, call, rest, mode)
  if (mode === 'c') refuseNullfsBelow(host, 'tar', parsed.folder)
  if (mode === 'x') await refuseLinksOut(host, real, parsed.folder)
  const flags = letters.filter((letter) => letter !== 'f').join('')
  const { code, text } = await runReal('tar', [`-${flags}f`, real, '-C', parsed.folder, ...parsed.excludes, '--', ...parsed.members], {
    cwd: host.paths.host,
  })
  if (mode === 't' || letters.includes('v')) call.out(text)
  else call.err(text.replaceAll(host.paths.host, ''))
  // GNU tar says 2 where bsdtar says 1.
  return code === 0 ? 0 : 1
}

/** The machine's tar goes through folders that already lie there as links. */
async function refuseLinksOut(host: Host, archive: string, folder: string): Promise<void> {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return
  const listed = await runReal('tar', ['-tf', archive], { cwd: host.paths.host })
  if (listed.text.includes('\\')) refuse('tar', 'over a folder that is not empty such names are not imitated here')
  const folders = new Set(listed.text.split('\n').map((name) => dirname(name)))
  for (const each of folders) toWritable(host.paths, 'tar', join(folder, each, 'member'), '/', { followLast: false })
}

function parseRest(host: Host, call: Call, rest: string[], mode: string): { folder: string; excludes: string[]; members: string[] } {
  let folder = call.cwd
  const excludes: string[] = []
  const members: string[] = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    if (word === '-C') folder = rest[++at] ?? ''
    else if (word === '--exclude') excludes.push(`--exclude=${rest[++at] ?? ''}`)
    else if (word.startsWith('-') && word !== '--') refuse('tar', `option ${word} is not imitated here`)
    else if (word.startsWith('/') || word.split('/').includes('..'))
      refuse('tar', `member ${word} is not imitated here: only relative names`)
    else if (word !== '--') members.push(word)
  }
  // Both ends of every symlink must lie in the lab: readable() looks at the folder itself, toWritable at what is above it.
  const real = readable(host, call, folder)
  if (mode === 'x' && existsSync(real)) toWritable(host.paths, 'tar', `${folder}/.`, call.cwd)
  return { folder: real, excludes, members }
}
