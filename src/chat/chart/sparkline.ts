import type { Chart } from '../../core/chart.ts'
import { visible } from '../visible.ts'
import { short } from './numbers.ts'

const bars = '▁▂▃▄▅▆▇█'
const width = 48

/** Charts where there are only letters: one line a series, with its least, most and last value. */
export function sparklines(charts: readonly Chart[]): string[] {
  return charts.flatMap((chart) => {
    const names = chart.series.map(({ name }) => visible(name))
    const longest = Math.max(...names.map((name) => name.length))
    const most = Math.max(0, ...chart.series.flatMap(({ values }) => values.filter((value) => value !== null)))
    return [
      `${visible(chart.title)} (${visible(chart.unit)}), ${spanOf(chart)}`,
      ...chart.series.map(({ values }, at) => `  ${(names[at] ?? '').padEnd(longest)}  ${lineOf(values, most)}  ${wordsOf(values)}`),
    ]
  })
}

function spanOf({ from, step, series }: Chart): string {
  const length = Math.max(...series.map(({ values }) => values.length))
  return `${timeOf(from)} to ${timeOf(from + step * Math.max(0, length - 1))} UTC`
}

function timeOf(at: number): string {
  const text = new Date(at).toISOString()
  return `${text.slice(5, 10)} ${text.slice(11, 16)}`
}

/** All lines of a chart have one scale; what is not known is a space. */
function lineOf(values: readonly (number | null)[], most: number): string {
  const columns = Math.min(width, values.length)
  return Array.from({ length: columns }, (_, column) => {
    const part = values.slice(Math.floor((column * values.length) / columns), Math.floor(((column + 1) * values.length) / columns))
    const known = part.filter((value) => value !== null)
    if (known.length === 0) return ' '
    const share = most === 0 ? 0 : Math.max(...known) / most
    return bars[Math.min(bars.length - 1, Math.floor(Math.max(0, share) * bars.length))]
  }).join('')
}

function wordsOf(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const last = values.at(-1) ?? null
  if (known.length === 0) return 'not known'
  return `least ${short(Math.min(...known))}, most ${short(Math.max(...known))}, last ${last === null ? 'not known' : short(last)}`
}
