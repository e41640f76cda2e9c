import type { Chart } from '../../../src/core/chart.ts'

/** A day in steps of 6 minutes. */
export function chartOf(title: string, series: Record<string, (at: number) => number | null>, unit = 'requests/s'): Chart {
  return {
    title,
    unit,
    from: Date.UTC(2026, 10, 25, 5),
    step: 360_000,
    series: Object.entries(series).map(([name, value]) => ({ name, values: Array.from({ length: 240 }, (_, at) => value(at)) })),
  }
}

export const dayOfCharts: Chart[] = [
  chartOf('Requests', { requests: (at) => (at > 60 && at < 72 ? null : 40 + 30 * Math.sin(at / 30)) }),
  chartOf('Errors', { '4xx': (at) => 1 + (at % 7) / 4, '5xx': (at) => (at > 150 && at < 160 ? 6 : 0) }, 'errors/s'),
  chartOf('Time to answer', { average: (at) => 20 + (at % 13) }, 'ms'),
]
