import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { parseRcConf, type RcConf } from './rc-conf.ts'

/** rc.conf files in the order in which rc reads them, each seeing what those before it set. */
export function readRcFiles(files: { real: string; shown: string }[], known: Map<string, string> = new Map()): RcConf & { shown: string } {
  let values = new Map(known)
  const commands: string[] = []
  for (const { real, shown } of files) {
    if (!existsSync(real) || statSync(real).isDirectory()) continue
    const parsed = parseRcConf(readFileSync(real, 'utf8'), values)
    if (parsed.kind === 'syntax') return { ...parsed, shown }
    values = parsed.values
    commands.push(...parsed.commands)
  }
  return { kind: 'read', values, commands, shown: '' }
}

/** As sysrc writes: the last assignment's line is replaced or a line is added; the value goes in raw, whatever it holds. */
export function setInFile(real: string, name: string, value: string): void {
  const lines = readLines(real)
  const line = `${name}="${value}"`
  const place = lines.findLastIndex((each) => isAssignment(each, name))
  writeLines(real, place < 0 ? [...lines, line] : lines.with(place, line))
}

export function removeFromFile(real: string, name: string): boolean {
  const lines = readLines(real)
  const kept = lines.filter((line) => !isAssignment(line, name))
  if (kept.length === lines.length) return false
  writeLines(real, kept)
  return true
}

function isAssignment(line: string, name: string): boolean {
  return line.trimStart().startsWith(`${name}=`)
}

function readLines(real: string): string[] {
  if (!existsSync(real)) return []
  const text = readFileSync(real, 'utf8')
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function writeLines(real: string, lines: string[]): void {
  // A symlink may lie there, planted in a jail.
  rmSync(`${real}.sysrc`, { force: true })
  writeFileSync(`${real}.sysrc`, lines.map((line) => `${line}\n`).join(''), { flag: 'wx' })
  renameSync(`${real}.sysrc`, real)
}
