import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Chart } from '../../core/chart.ts'
import { visible } from '../visible.ts'
import { fontFamily, pictureWidth, rowHeight } from './look.ts'
import { short } from './numbers.ts'

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

const colors = ['#1f6feb', '#d1242f', '#bf8700', '#1a7f37', '#8250df', '#57606a']
const ink = { strong: '#1f2328', soft: '#57606a', line: '#d8dee4' }
const minute = 60_000
const day = 86_400_000

/** The charts, one below the other, in one picture. Pure. Loads echarts, so it is imported only where something is drawn. */
export function chartsSvg(charts: readonly Chart[]): string {
  const drawn = init(null, null, { renderer: 'svg', ssr: true, width: pictureWidth, height: rowHeight * charts.length })
  try {
    drawn.setOption({
      animation: false,
      useUTC: true,
      backgroundColor: '#ffffff',
      color: colors,
      textStyle: { fontFamily },
      title: charts.map((chart, row) => titleOf(chart, row)),
      legend: charts.map((chart, row) => legendOf(chart, row)),
      grid: charts.map((_chart, row) => ({ left: 64, right: 24, top: row * rowHeight + 52, height: rowHeight - 88 })),
      xAxis: charts.map((chart, row) => timeAxis(chart, row)),
      yAxis: charts.map((chart, row) => valueAxis(chart, row)),
      series: charts.flatMap((chart, row) => linesOf(chart, row)),
    })
    return drawn.renderToSVGString()
  } finally {
    drawn.dispose()
  }
}

function titleOf({ title, unit }: Chart, row: number) {
  return {
    text: visible(title),
    subtext: `${visible(unit)} · UTC`,
    left: 16,
    top: row * rowHeight + 8,
    itemGap: 4,
    textStyle: { fontSize: 15, fontWeight: 'normal', color: ink.strong, width: 460, overflow: 'truncate' },
    subtextStyle: { fontSize: 11, color: ink.soft },
  } as const
}

/** What a line is called: echarts knows series by their names, and two charts may call theirs alike. */
function nameOf(name: string, row: number): string {
  return `${row} ${name}`
}

function legendOf({ series }: Chart, row: number) {
  return {
    data: series.map(({ name }) => nameOf(name, row)),
    formatter: (name: string) => visible(name.slice(name.indexOf(' ') + 1)),
    right: 20,
    top: row * rowHeight + 8,
    icon: 'rect',
    itemWidth: 14,
    itemHeight: 3,
    textStyle: { fontSize: 12, color: ink.soft, width: 120, overflow: 'truncate' },
  } as const
}

function timeAxis({ from, step, series }: Chart, row: number) {
  const to = from + step * Math.max(1, lengthOf(series) - 1)
  const isLong = to - from > 2 * day
  return {
    type: 'time',
    // a label says no more than that
    minInterval: isLong ? day : minute,
    gridIndex: row,
    min: from,
    max: to,
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    axisLabel: { fontSize: 11, color: ink.soft, hideOverlap: true, formatter: isLong ? '{MM}-{dd}' : '{HH}:{mm}' },
  } as const
}

function valueAxis({ series }: Chart, row: number) {
  const isNothing = series.every(({ values }) => values.every((value) => value === null || value === 0))
  return {
    type: 'value',
    gridIndex: row,
    min: 0,
    // a line of zeros lies on the ground, not in the middle of a scale that is all zeros
    ...(isNothing && { max: 1 }),
    splitNumber: 3,
    splitLine: { lineStyle: { color: ink.line } },
    axisLabel: { fontSize: 11, color: ink.soft, formatter: (value: number) => short(value) },
  } as const
}

function linesOf({ from, step, series }: Chart, row: number) {
  return series.map(({ name, values }, index) => ({
    type: 'line' as const,
    name: nameOf(name, row),
    xAxisIndex: row,
    yAxisIndex: row,
    color: colors[index % colors.length],
    // a value between two that are not known has no line: it is a dot
    symbol: 'circle',
    symbolSize: (_value: unknown, { dataIndex }: { dataIndex: number }) => (isAlone(values, dataIndex) ? 4 : 0),
    showAllSymbol: true,
    lineStyle: { width: 1.75 },
    ...(series.length === 1 && { areaStyle: { opacity: 0.12 } }),
    data: values.map((value, at) => [from + at * step, value]),
  }))
}

function isAlone(values: readonly (number | null)[], at: number): boolean {
  return (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null
}

function lengthOf(series: Chart['series']): number {
  return Math.max(...series.map(({ values }) => values.length))
}
