import { describe, expect, it } from 'vitest'
import { chartFiles, contentOf } from '../../../src/chat/chart/chart-file.ts'
import { drawPng, drawSvg } from '../../../src/chat/chart/draw.ts'
import { pictureWidth, rowHeight } from '../../../src/chat/chart/look.ts'
import { sparklines } from '../../../src/chat/chart/sparkline.ts'
import { chartOf, dayOfCharts } from './example-charts.ts'
import { readPng } from './read-png.ts'

const broken = () => Promise.reject(new Error('no wasm here'))
const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height })
/** Where a title's letters are, in pixels of the PNG. */
const ofTitle = { left: 16, top: 8, width: 300, height: 30 }
const ofLines = { left: 110, top: 90, width: 1000, height: 170 }

describe('the picture of charts', () => {
  it('is a PNG with one row a chart, with letters and lines in it', async () => {
    const png = readPng(await drawPng(dayOfCharts))
    expect([png.width, png.height]).toEqual([pictureWidth * 1.5, rowHeight * 3 * 1.5])
    expect(png.ink(ofTitle)).toBeGreaterThan(300)
    expect(png.ink(ofLines)).toBeGreaterThan(3000)
  })

  it('has a title where it has one, and another line where the values are others', async () => {
    const [untitled, low, high] = await Promise.all(
      [chartOf('', { a: () => 0 }), chartOf('A title of five words', { a: () => 0 }), chartOf('', { a: (at) => at })].map(async (chart) =>
        readPng(await drawPng([chart])),
      ),
    )
    expect(low?.ink(ofTitle)).toBeGreaterThan((untitled?.ink(ofTitle) ?? 0) + 500)
    expect(high?.ink(ofLines)).toBeGreaterThan((low?.ink(ofLines) ?? 0) + 10_000)
  })

  it('shows hostile names as letters', async () => {
    const name = '<script>alert(1)</script>&"\u0007\u202e'
    const svg = await drawSvg([chartOf(name, { [name]: () => 1 }, name)])
    expect(['<script', '\u0007', '\u202e'].filter((text) => svg.includes(text))).toEqual([])
    expect(svg.match(/&lt;script&gt;/g)?.length).toBe(3)
    readPng(await drawPng([chartOf(name, { [name]: () => 1 }, name)]))
  })

  it.each([
    ['three minutes', 10_000, 18],
    ['a day', 300_000, 288],
    ['four days', 3_600_000, 96],
  ])('names no moment twice: %s', async (_, step, count) => {
    const values = Array.from({ length: count }, (_value, at) => at)
    const svg = await drawSvg([{ title: '', unit: '', from: Date.UTC(2026, 0, 1, 9, 0, 20), step, series: [{ name: 'a', values }] }])
    const labels = svg.match(/>\d\d[:-]\d\d</g) ?? []
    expect(labels.length).toBeGreaterThan(1)
    expect(new Set(labels).size).toBe(labels.length)
  })

  it('draws a value that is alone as a dot, and many series of no value at all', async () => {
    const alone = readPng(await drawPng([chartOf('', { a: (at) => (at === 120 ? 1 : null) }, '')]))
    const none = readPng(await drawPng([chartOf('', { a: () => null }, '')]))
    expect(alone.ink(ofLines)).toBeGreaterThan(none.ink(ofLines))
    expect(none.ink(whole(none.width, none.height))).toBeGreaterThan(0)
  })
})

describe('the same in letters', () => {
  it('says the span, the line, and its least, most and last value', () => {
    const lines = sparklines([{ title: 'Requests', unit: '1/s', from: 0, step: 60_000, series: [{ name: 'r', values: [0, 4, null, 8] }] }])
    expect(lines).toEqual(['Requests (1/s), 01-01 00:00 to 01-01 00:03 UTC', '  r  ▁▅ █  least 0, most 8, last 8'])
  })

  it('is one width however many values there are, and says what is not known', () => {
    const [, line = ''] = sparklines([chartOf('x', { a: (at) => at % 10 })])
    expect(/[▁-█]+/.exec(line)?.[0]).toHaveLength(48)
    expect(sparklines([chartOf('x', { a: () => null })])[1]).toContain('not known')
    expect(sparklines([chartOf('\u001b[2J', { '\u001b[2J': () => 1 })]).join()).not.toContain('\u001b')
  })
})

describe('what is uploaded', () => {
  it('is the picture, or the text of a file', async () => {
    const [file] = chartFiles(dayOfCharts)
    expect(chartFiles([])).toEqual([])
    expect(file?.text).toContain('Time to answer (ms)')
    const picture = await contentOf(file ?? { name: '', text: '' })
    expect(picture).toMatchObject({ name: 'charts.png', type: 'image/png' })
    expect(readPng(Buffer.from(picture.data)).width).toBe(1200)
    expect(await contentOf({ name: 'a.txt', text: 'a' })).toMatchObject({ name: 'a.txt', data: 'a' })
  })

  it('is the same in letters where no picture can be made of them', async () => {
    const content = await contentOf({ name: 'charts.png', text: 'Requests ▁▂▃', charts: dayOfCharts }, broken)
    expect(content.name).toBe('charts.txt')
    expect(content.data).toMatch(/could not be drawn: Error: no wasm here[^]*▁▂▃/)
  })
})
