import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Call } from './call.ts'
import { readable } from './files/operands.ts'
import type { Host } from './host.ts'
import { errorText } from './inside/inside.ts'
import { mirrorFile } from './mirror.ts'
import { refuseThroughNullfs } from './mount-table.ts'
import { toReal, toWritable } from './paths.ts'
import { Refusal, refuse, refuseOption } from './refuse.ts'

interface Options {
  flags: Set<string>
  output: string | undefined
  urls: string[]
}

/** fetch(1): the lab's mirror of releases, and `file:`; nothing goes over a network. */
export async function fetch(host: Host, call: Call): Promise<number> {
  const { flags, output, urls } = parse(call.args)
  if (urls.length === 0) return refuse('fetch', `${call.args.join(' ')} is not imitated here`)
  let code = 0
  for (const url of urls) {
    try {
      const source = await sourceOf(host, call, url)
      if (source === undefined) throw new Error('Not Found')
      take(host, call, { source, url, output, flags })
    } catch (error) {
      if (error instanceof Refusal) throw error
      call.err(`fetch: ${url}: ${errorText(error)}\n`)
      code = 1
    }
  }
  return code
}

/** -q says nothing, -m takes only what is newer; what is about retries, time limits and addresses makes no difference here. */
function parse(args: string[]): Options {
  const options: Options = { flags: new Set(), output: undefined, urls: [] }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (!/^-./.test(arg)) {
      options.urls.push(arg)
      continue
    }
    for (let spot = 1; spot < arg.length; spot++) {
      const letter = arg.charAt(spot)
      if (letter === 'o' || letter === 'T' || letter === 'w') {
        const value = arg.slice(spot + 1) || (args[++at] ?? '')
        if (letter === 'o') options.output = value
        break
      }
      if (!'46aFmnpqRrsUv'.includes(letter)) return refuseOption('fetch', `-${letter}`)
      options.flags.add(letter)
    }
  }
  return options
}

async function sourceOf(host: Host, call: Call, url: string): Promise<string | undefined> {
  const path = /^file:(?:\/\/(?:localhost)?)?(\/.*)$/.exec(url)?.[1]
  if (path === undefined) return mirrorFile(host, url)
  const real = readable(host, call, decodeURIComponent(path))
  statSync(real)
  return real
}

interface Taken {
  source: string
  url: string
  output: string | undefined
  flags: Set<string>
}

function take(host: Host, call: Call, { source, url, output, flags }: Taken): void {
  const found = statSync(source)
  if (flags.has('s')) return call.out(`${found.size}\n`)
  const bytes = readFileSync(source)
  const name = basename(url)
  if (output === '-') call.out(bytes)
  else {
    const asked = output ?? name
    const isFolder = statSync(toReal(host.paths, asked, call.cwd), { throwIfNoEntry: false })?.isDirectory() === true
    const real = toWritable(host.paths, 'fetch', isFolder ? join(asked, name) : asked, call.cwd)
    refuseThroughNullfs(host, 'fetch', real)
    const old = statSync(real, { throwIfNoEntry: false })
    if (flags.has('m') && old?.size === found.size && Math.floor(old.mtimeMs / 1000) === Math.floor(found.mtimeMs / 1000)) return
    writeFileSync(real, bytes)
    if (!flags.has('n')) utimesSync(real, found.atime, found.mtime)
  }
  if (!flags.has('q')) call.err(`${name.padEnd(46)}        ${amount(found.size)} ${amount(found.size)}ps\n`)
}

function amount(bytes: number): string {
  return bytes > 9999 ? `${String(Math.floor(bytes / 1024)).padStart(4)} kB` : `${String(bytes).padStart(4)}  B`
}
