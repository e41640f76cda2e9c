import { type Document, isCollection, isMap, isPair, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml'

export interface NewHost {
  name: string
  /** As it shall stand there. */
  ssh: Record<string, unknown>
  /** Those that count so far: where the file names none, its own machine is meant, which from now on must be said. */
  others: readonly string[]
}

/**
 * The text of jailops.yaml with one host more, last under hosts. Nothing else in it moves: the document says where, and the text is
 * put there. Whoever calls makes sure that it means what it should. @returns undefined where hosts is written in an uncommon way
 */
export function addHost(text: string, { name, ssh, others }: NewHost): string | undefined {
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true })
  if (document.errors.length > 0) return undefined
  const hosts = document.get('hosts', true)
  if (hosts === undefined) {
    const all = linesOf({ hosts: entriesOf(others, name, ssh) }, '', text)
    return `${withNewline(text)}${text.trim() === '' ? '' : lineEndOf(text)}${all}`
  }
  if (isScalar(hosts) && hosts.value === null) return underItsName(text, document, entriesOf(others, name, ssh))
  if (!isMap(hosts)) return undefined
  return hosts.flow === true ? insideBraces(text, hosts, { [name]: { ssh } }) : afterTheLast(text, hosts, { [name]: { ssh } })
}

function entriesOf(others: readonly string[], name: string, ssh: Record<string, unknown>): Record<string, unknown> {
  return { ...Object.fromEntries(others.map((other) => [other, {}])), [name]: { ssh } }
}

/** `hosts:` with nothing behind it. */
function underItsName(text: string, { contents }: Document, entries: Record<string, unknown>): string | undefined {
  const key = isMap(contents) ? contents.items.find((pair) => isScalar(pair.key) && pair.key.value === 'hosts')?.key : undefined
  const range = isScalar(key) ? key.range : undefined
  if (range === undefined || range === null) return undefined
  const end = text.indexOf('\n', range[1])
  const at = end === -1 ? text.length : end + 1
  // what is written out, as null or ~, would be hidden or doubled
  if (!/^\s*:\s*(#.*)?\r?\n?$/.test(text.slice(range[1], at))) return undefined
  const lines = linesOf(entries, '  ', text)
  return `${withNewline(text.slice(0, at))}${lines}${text.slice(at)}`
}

function insideBraces(text: string, { range, items }: YAMLMap, entry: Record<string, unknown>): string | undefined {
  if (range === undefined || range === null) return undefined
  const before = text.slice(0, range[1] - 1).trimEnd()
  const comma = items.length === 0 || before.endsWith(',') ? '' : ','
  return `${before}${comma} ${JSON.stringify(entry).slice(1, -1)} }${text.slice(range[1])}`
}

function afterTheLast(text: string, { items }: YAMLMap, entry: Record<string, unknown>): string | undefined {
  const first = items[0]?.key
  const end = endOf(items.at(-1))
  if (!isScalar(first) || first.range === undefined || first.range === null || end === undefined) return undefined
  const indent = text.slice(text.lastIndexOf('\n', first.range[0]) + 1, first.range[0])
  if (indent.trim() !== '') return undefined
  const lines = linesOf(entry, indent, text)
  const line = text.indexOf('\n', end)
  const at = behindComments(text, text[end - 1] === '\n' ? end : line === -1 ? text.length : line + 1, indent.length)
  return `${withNewline(text.slice(0, at))}${lines}${text.slice(at)}`
}

/** Comments that stand deeper than the names of hosts are about the last one, and stay with it. */
function behindComments(text: string, from: number, indent: number): number {
  const [comments = ''] = new RegExp(String.raw`^(?:(?:[ \t]*\r?\n)* {${indent + 1},}#[^\n]*(?:\n|$))*`).exec(text.slice(from)) ?? []
  return from + comments.length
}

/** Where the last thing written in it ends. */
function endOf(node: unknown): number | undefined {
  if (isPair(node)) return endOf(node.value) ?? endOf(node.key)
  if (isCollection(node) && node.flow !== true) return endOf(node.items.at(-1))
  const range = isCollection(node) || isScalar(node) ? node.range : undefined
  return range?.[1]
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}${lineEndOf(text)}`
}

function linesOf(entries: Record<string, unknown>, indent: string, text: string): string {
  return stringify(entries, { lineWidth: 0 })
    .replace(/^(?=.)/gm, indent)
    .replaceAll('\n', lineEndOf(text))
}

/** Of the first line: what is added ends as that does. */
function lineEndOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}
