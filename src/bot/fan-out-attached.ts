import type { Answer } from '../core/card.ts'

export interface Attached {
  charts: NonNullable<Answer['charts']>
  files: NonNullable<Answer['files']>
  /** Hosts whose own are not all there. */
  without: { charts: string[]; files: string[] }
}

/**
 * Charts are one picture, and nobody else is heard while the bot paints it: a tenth of a second each. Files: what Discord takes with one message, less that
 * picture and the card as text, and what may be stored and travel more than once.
 */
const most = { charts: 9, files: 8, bytes: 4_000_000 }

/** What hangs on the answers of several hosts, each with its host's name, as far as one message takes it. A host has all of its charts or none. */
export function attachedOf(answered: readonly { host: string; answer: Answer }[]): Attached {
  const attached: Attached = { charts: [], files: [], without: { charts: [], files: [] } }
  let bytes = 0
  for (const { host, answer } of answered) {
    const { charts = [], files = [] } = answer
    if (attached.charts.length + charts.length > most.charts) attached.without.charts.push(host)
    else attached.charts.push(...charts.map((chart) => ({ ...chart, title: `${host}: ${chart.title}` })))
    const size = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
    if (attached.files.length + files.length > most.files || bytes + size > most.bytes) {
      attached.without.files.push(host)
      continue
    }
    bytes += size
    attached.files.push(...files.map(({ name, text }) => ({ name: `${host}-${name}`, text })))
  }
  return attached
}
