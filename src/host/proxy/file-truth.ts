import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from '../facts/batches.ts'
import { backendOfFile, type ServerLine, serversIn } from './backend-file.ts'
import { checkMapWords, mapFile, mapNames } from './maps.ts'
import type { MapLine } from './running-state.ts'
import type { ServerState } from './servers-state.ts'

/** What the running HAProxy ought to be, by the files. Whatever does not read as ours is a problem, and is nowhere in it. */
export interface FileTruth {
  maps: { path: string; lines: MapLine[] }[]
  /** By `backend/server`. */
  servers: Map<string, ServerState>
  problems: string[]
}

/** A missing map or a foreign line is for a person: to "mend" by such a file could be what somebody else wanted. */
export async function readFileTruth(shell: Shell, layout: Layout): Promise<FileTruth> {
  const problems: string[] = []
  const maps = await inBatches(mapNames, async (name) => {
    const path = mapFile(layout, name)
    const text = await shell.readFile(path)
    const lines = text === undefined ? `${path} is missing.` : linesIn(text, path)
    if (typeof lines !== 'string') return [{ path, lines }]
    problems.push(lines)
    return []
  })
  const { configFolder } = layout.haproxy
  const files = (await shell.list(configFolder)).filter((file) => backendOfFile(file) !== undefined)
  const servers = await inBatches(files, async (file) => {
    const text = (await shell.readFile(`${configFolder}/${file}`)) ?? ''
    const found = serversIn(text)
    // one that never was ours is nobody's business here
    if (found === undefined) return []
    const lines = text.match(/^\s*server\s/gm)?.length ?? 0
    if (lines === found.length) return found.map((line): [string, ServerState] => [`${backendOfFile(file)}/${line.server}`, expected(line)])
    problems.push(`${configFolder}/${file} has a server that jailops did not write.`)
    return []
  })
  return { maps: maps.flat(), servers: new Map(servers.flat()), problems }
}

/** @returns a sentence where something in it is not ours */
function linesIn(text: string, path: string): MapLine[] | string {
  const lines = new Map<string, string>()
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [key = '', value = '', ...more] = line.split(/\s+/)
    if (more.length > 0 || !isOurs(key, value)) return `${path} has a line that jailops did not write: line ${index + 1}.`
    // as HAProxy reads it: of several lines with one key the first counts
    if (!lines.has(key)) lines.set(key, value)
  }
  return [...lines].map(([key, value]) => ({ key, value }))
}

function isOurs(key: string, value: string): boolean {
  try {
    checkMapWords(key, value)
    return true
  } catch {
    return false
  }
}

/** Nobody's: it waits for a jail, disabled. Drained by a request, it has no weight meanwhile. */
function expected({ jail, place, weight, isDrained }: ServerLine): ServerState {
  return {
    address: place.address,
    port: place.port,
    weight: isDrained === true ? 0 : weight,
    state: jail === undefined ? 'maint' : 'ready',
  }
}
