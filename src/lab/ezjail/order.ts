import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { configFolder } from './settings.ts'

interface ControlFile {
  name: string
  provides: string[]
  requires: string[]
  before: string[]
}

/** `ls -A | xargs rcorder`: the names of the control files, `.norun` and all. What nothing orders comes backwards. */
export function orderedFiles(host: Host): string[] {
  const folder = toReal(host.paths, configFolder)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder)
    .toSorted()
    .toReversed()
    .map((name) => read(folder, name))
  const order: string[] = []
  const visit = (file: ControlFile, path: ControlFile[]) => {
    if (order.includes(file.name) || path.includes(file)) return
    for (const other of files) if (mustGoFirst(other, file)) visit(other, [...path, file])
    order.push(file.name)
  }
  for (const file of files) visit(file, [])
  return order
}

function read(folder: string, name: string): ControlFile {
  const text = readFileSync(join(folder, name), 'utf8')
  const words = (keyword: string) => {
    const lines = text.matchAll(new RegExp(`^# ${keyword}S?:(.*)$`, 'gm'))
    return [...lines].flatMap((line) => (line[1] ?? '').split(/\s+/).filter((word) => word !== ''))
  }
  return { name, provides: words('PROVIDE'), requires: words('REQUIRE'), before: words('BEFORE') }
}

function mustGoFirst(one: ControlFile, other: ControlFile): boolean {
  return other.requires.some((word) => one.provides.includes(word)) || one.before.some((word) => other.provides.includes(word))
}
