import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

export const executablePath = ['/usr/bin/chromium', '/usr/local/bin/chrome', '/usr/bin/google-chrome'].find((path) => existsSync(path))
export const noBrowser = executablePath === undefined ? ' (skipped: no chromium here)' : ''

const args =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: args.split(' ') })
}

/** A page of its own; what goes wrong in its scripts, or against its policy, is put into `problems`. */
export async function openPage(browser: Browser, url: string, problems: string[]): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text())
  })
  await page.goto(url)
  return page
}
