import type { Edit } from '../../core/step.ts'

/** The text with the changes made in it, one after the other; every other line stays as it is. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce(editOne, text)
}

function editOne(text: string, edit: Edit): string {
  switch (edit.what) {
    case 'text':
      return text.replaceAll(edit.from, () => edit.to)
    case 'parameter':
      return changeParameter(text, edit)
    case 'block':
      return text.replace(/^(\s*)"?[A-Za-z0-9_.-]+"?(\s*\{)/m, (_, before: string, after: string) => `${before}${edit.name}${after}`)
    case 'variable':
      return changeLines(text, (line) => line.trimStart().startsWith(`${edit.name}=`), [`${edit.name}="${edit.value}"`])
    case 'mount':
      return changeLines(text, (line) => mountPointOf(line) === edit.on, edit.line === null ? [] : [edit.line])
  }
}

function changeParameter(text: string, { names, lines }: Extract<Edit, { what: 'parameter' }>): string {
  const all = new Set([...names, ...lines.flatMap((line) => parameterOf(line) ?? [])])
  return changeLines(text, (line) => all.has(parameterOf(line) ?? ''), lines, isEndOfBlock)
}

/** What a line of jail.conf with nothing else in it says something of: `allow.mount;`, `ip4.addr = …;`, `ip4.addr += …;`. */
function parameterOf(line: string): string | undefined {
  return /^\s*"?([A-Za-z0-9_.]+)"?\s*(?:\+?=\s*(?:"[^"]*"|'[^']*'|[^;"']*))?;\s*(?:#.*|\/\/.*)?$/.exec(line)?.[1]
}

function isEndOfBlock(line: string): boolean {
  return line.trim() === '}'
}

function mountPointOf(line: string): string | undefined {
  return line.trimStart().startsWith('#') ? undefined : line.trim().split(/\s+/)[1]
}

/** The first line of those is where the new ones stand; where there is none, before the end. */
function changeLines(text: string, isOne: (line: string) => boolean, wanted: readonly string[], isEnd?: (line: string) => boolean): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const first = lines.findIndex(isOne)
  const end = isEnd === undefined ? -1 : lines.findLastIndex(isEnd)
  const at = first !== -1 ? first : end !== -1 ? end : lines.length
  const changed = [...lines.slice(0, at), ...wanted, ...lines.slice(at).filter((line) => !isOne(line))]
  return changed.length === 0 ? '' : `${changed.join('\n')}\n`
}
