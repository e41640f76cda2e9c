import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Hono } from 'hono'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** How Slack and Discord look, with what it needs: other pages show it too. */
export const chatViews = [
  ...['combobox', 'slack-view', 'discord-view'].map((name) => pageFile(`${name}.css`)),
  ...[
    'combobox',
    'discord-text',
    'discord-view',
    'element',
    'emoji',
    'file-view',
    'slack-elements',
    'slack-rich-text',
    'slack-text',
    'slack-view',
  ].map((name) => pageFile(`${name}.js`)),
  pageFile('icon.svg'),
]

const ownPage = [
  { ...pageFile('index.html'), path: '/' },
  ...['app', 'card', 'renderings'].map((name) => pageFile(`${name}.css`)),
  ...['app', 'card', 'channel', 'composer', 'plan', 'renderings', 'send', 'stream'].map((name) => pageFile(`${name}.js`)),
]

export interface PageFile {
  path: string
  file: URL
  type: string
}

/** The page's files, by name: nothing else of the disk can be asked for. */
export function servePage(app: Hono, files: readonly PageFile[] = [...ownPage, ...chatViews]): void {
  for (const { path, file, type } of files) {
    app.get(path, async (context) => context.body(await readFile(file, 'utf8'), 200, { 'content-type': type }))
  }
}

/** @param folder ends in a slash */
export function pageFile(name: string, folder = new URL('page/', import.meta.url)): PageFile {
  return { path: `/${name}`, file: new URL(name, folder), type: types[extname(name)] ?? 'text/plain' }
}
