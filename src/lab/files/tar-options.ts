import type { Call } from '../call.ts'
import { refuse } from '../refuse.ts'

export interface TarOptions {
  mode: 'x' | 'c' | 't'
  archive: string
  folder: string | undefined
  /** Letters for the machine's tar, `f` and `C` left out. */
  flags: string
  long: string[]
  members: string[]
}

const longOptions = new Set(['--numeric-owner', '--one-file-system', '--same-owner', '--no-same-owner'])

/** bsdtar's options that mean the same to the machine's tar; `tar xpf` without a hyphen too. */
export function parseTar(call: Call): TarOptions {
  const [first = '', ...rest] = call.args
  const waiting = [/^[a-zA-Z]+$/.test(first) ? `-${first}` : first, ...rest]
  const found: { mode: string; archive: string | undefined; folder: string | undefined } = {
    mode: '',
    archive: undefined,
    folder: undefined,
  }
  let flags = ''
  const long: string[] = []
  const members: string[] = []
  const refuseAll = () => refuse('tar', `${call.args.join(' ')} is not imitated here`)
  const value = () => waiting.shift() ?? refuseAll()
  while (waiting.length > 0) {
    const word = waiting.shift() ?? ''
    if (word === '--') {
      members.push(...waiting.splice(0))
    } else if (word === '--exclude' || word.startsWith('--exclude=')) {
      long.push(word === '--exclude' ? `--exclude=${value()}` : word)
    } else if (word.startsWith('--')) {
      if (!longOptions.has(word)) refuse('tar', `option ${word} is not imitated here`)
      long.push(word)
    } else if (/^-./.test(word)) {
      for (const letter of word.slice(1)) {
        if (letter === 'f') found.archive = value()
        else if (letter === 'C') found.folder = value()
        else if ('xct'.includes(letter)) found.mode = letter
        else if (!'apvzJjkmoO'.includes(letter)) refuseAll()
        flags += 'fC'.includes(letter) ? '' : letter
      }
    } else members.push(word)
  }
  const { mode, archive, folder } = found
  if (archive === undefined || (mode !== 'x' && mode !== 'c' && mode !== 't')) return refuseAll()
  return { mode, archive, folder, flags, long, members }
}
