import { readFileSync } from 'node:fs'

export interface Entry {
  /** As typed on the real system; more than one line when it held a here-document. */
  command: string
  output: string
  code: number
}

/** A transcript: `$ command`, what it printed, `[rc=N]`. */
export function readTranscript(name: string): Entry[] {
  const text = readFileSync(new URL(`../fixtures/freebsd-15.1/${name}.txt`, import.meta.url), 'utf8')
  const entries: Entry[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at] ?? ''
    if (!first.startsWith('$ ')) continue
    const command = [first.slice(2)]
    const endOfHere = /<<'?([A-Z]+)'?$/.exec(first)?.[1]
    if (endOfHere !== undefined) while (command.at(-1) !== endOfHere) command.push(lines[++at] ?? '')
    const output: string[] = []
    while (!/^\[rc=.*\]$/.test(lines[at + 1] ?? '[rc=]')) output.push(lines[++at] ?? '')
    const code = Number(/^\[rc=(\d+)\]$/.exec(lines[++at] ?? '')?.[1] ?? -1)
    entries.push({ command: command.join('\n'), output: output.map((line) => `${line}\n`).join(''), code })
  }
  return entries
}
