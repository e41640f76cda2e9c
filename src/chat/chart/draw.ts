import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Chart } from '../../core/chart.ts'
import { fontFamily } from './look.ts'

/* What draws is large, and most bots never draw: it is loaded by the first picture. */

/** Half as wide again as its letters need: phones and good screens show it sharp. */
const zoom = 1.5

export async function drawSvg(charts: readonly Chart[]): Promise<string> {
  const { chartsSvg } = await import('./svg.ts')
  return chartsSvg(charts)
}

export async function drawPng(charts: readonly Chart[]): Promise<Uint8Array> {
  const svg = await drawSvg(charts)
  const { Resvg, font } = await paintingTools()
  const painting = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: { fontBuffers: [font], defaultFontFamily: fontFamily },
  })
  try {
    const image = painting.render()
    const png = image.asPng()
    image.free()
    return png
  } finally {
    painting.free()
  }
}

let tools: ReturnType<typeof loadPainter> | undefined

async function paintingTools() {
  tools ??= loadPainter()
  try {
    return await tools
  } catch (error) {
    tools = undefined
    throw error
  }
}

async function loadPainter() {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  const [program, font] = await Promise.all([readFile(programFile()), readFile(new URL('fonts/dejavu-sans.ttf', import.meta.url))])
  await initWasm(program)
  return { Resvg, font }
}

/** In a release it lies beside what was built; in the tree it is the package's own. */
function programFile(): string {
  const beside = fileURLToPath(new URL('resvg.wasm', import.meta.url))
  return existsSync(beside) ? beside : fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))
}
