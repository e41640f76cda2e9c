import { readFile } from 'node:fs/promises'
import type { Hono } from 'hono'

const html = 'text/html; charset=utf-8'
const script = 'text/javascript; charset=utf-8'

/** The page's files, by name: nothing else of the disk can be asked for. */
const files = [
  { path: '/', file: 'index.html', type: html },
  { path: '/app.css', file: 'app.css', type: 'text/css; charset=utf-8' },
  { path: '/card.css', file: 'card.css', type: 'text/css; charset=utf-8' },
  { path: '/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
  ...['app', 'card', 'channel', 'composer', 'element', 'plan', 'send', 'stream'].map((name) => ({
    path: `/${name}.js`,
    file: `${name}.js`,
    type: script,
  })),
]

export function servePage(app: Hono): void {
  for (const { path, file, type } of files) {
    app.get(path, async (context) => {
      const text = await readFile(new URL(`page/${file}`, import.meta.url), 'utf8')
      return context.body(text, 200, { 'content-type': type })
    })
  }
}
