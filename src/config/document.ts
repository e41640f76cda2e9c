import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { SettingPath } from './settings.ts'

/** A file of settings that knows where in it everything stands. */
export interface ConfigDocument {
  value: unknown
  /** What is wrong with it as YAML. */
  problems: string[]
  /** FILE:LINE:COLUMN of what stands at this path, or of the nearest section around it. */
  where(path: SettingPath): string
  /** The same of the setting's name. */
  whereNamed(path: SettingPath): string
  has(path: SettingPath): boolean
}

/** More aliases than any person writes; a few can be made to unfold into gigabytes. */
const maxAliases = 50

export function readDocument(file: string, text: string): ConfigDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
  const problems = [...document.errors, ...document.warnings].map(({ code, pos, message }) => {
    return `${at(pos[0])}: ${code === 'DUPLICATE_KEY' ? 'this name stands here twice' : oneLine(message)}`
  })
  let value: unknown
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: maxAliases })
    } catch {
      problems.push(`${at(0)}: the aliases (*name) unfold to too much; write the values out`)
    }
  }
  return {
    value,
    problems,
    where: (path) => at(find(document, path).value),
    whereNamed: (path) => at(find(document, path).name),
    has: (path) => find(document, path).isThere,
  }
}

/** Offsets of the name and of the value at a path; where the path ends early, of the last name that is there. */
function find(document: Document, path: SettingPath): { name: number; value: number; isThere: boolean } {
  let node: unknown = document.contents
  let name = startOf(node) ?? 0
  let value = name
  for (const part of path) {
    const next = childOf(isAlias(node) ? node.resolve(document) : node, part)
    if (next === undefined) return { name, value: name, isThere: false }
    name = startOf(next.name) ?? name
    // Nothing behind the colon: the name is all that can be pointed at.
    value = isScalar(next.value) && next.value.value === null ? name : (startOf(next.value) ?? name)
    node = next.value
  }
  return { name, value, isThere: true }
}

function childOf(node: unknown, part: PropertyKey): { name: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)]
    return item === undefined ? undefined : { name: item, value: item }
  }
  const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part)) : undefined
  return pair === undefined ? undefined : { name: pair.key, value: pair.value }
}

function startOf(node: unknown): number | undefined {
  return isNodeWithRange(node) ? node.range[0] : undefined
}

function isNodeWithRange(node: unknown): node is Node & { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim()
}
