import type { Chart } from '../../core/chart.ts'
import { drawPng } from './draw.ts'
import { sparklines } from './sparkline.ts'

/** A file as it hangs on a message: its text, or charts, whose text is what stands for the picture where there is none. */
export interface ChatFile {
  name: string
  text: string
  charts?: readonly Chart[]
}

/** The picture of a card's charts; none where it has none. */
export function chartFiles(charts: readonly Chart[] | undefined): ChatFile[] {
  if (charts === undefined || charts.length === 0) return []
  return [{ name: 'charts.png', text: `${sparklines(charts).join('\n')}\n`, charts }]
}

export interface FileContent {
  name: string
  data: string | Uint8Array
  type: string
}

/** What is uploaded. A picture that cannot be drawn goes up as text, for its card is posted in any case. */
export async function contentOf({ name, text, charts }: ChatFile, draw = drawPng): Promise<FileContent> {
  if (charts === undefined) return { name, data: text, type: 'text/plain; charset=utf-8' }
  try {
    return { name, data: await draw(charts), type: 'image/png' }
  } catch (error) {
    const data = `The picture could not be drawn: ${String(error)}\n\n${text}`
    return { name: name.replace(/\.png$/, '.txt'), data, type: 'text/plain; charset=utf-8' }
  }
}
