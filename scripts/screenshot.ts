/* Makes docs/images/demo.png and chats.png (a card as Slack and as Discord show it): the real demo, driven in headless Chromium. Run by `npm run screenshot`. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { startDemo } from '../test/support/demo.ts'

const browsers = ['/usr/bin/chromium', '/usr/local/bin/chrome', '/usr/bin/google-chrome']
const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const executablePath = browsers.find((path) => existsSync(path))
if (executablePath === undefined) throw new Error(`No Chromium found; looked for ${browsers.join(', ')}.`)
const target = (name: string) => fileURLToPath(new URL(`../docs/images/${name}.png`, import.meta.url))
const demo = await startDemo()
const browser = await chromium.launch({ executablePath, args: browserFlags })
try {
  const page = await browser.newPage({ viewport: { width: 1120, height: 1000 }, deviceScaleFactor: 1.5, colorScheme: 'light' })
  await page.goto(`${demo.web}/?person=ana`)
  const say = async (text: string) => {
    await page.fill('#text', text)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
  }
  const approveAsBo = async () => {
    await page.selectOption('#person', 'bo')
    await page.locator('.card[data-state=waiting] button', { hasText: 'Approve' }).click()
  }
  await say('/jail create blog')
  await page.waitForSelector('.card[data-state=waiting]')
  await approveAsBo()
  await page.waitForSelector('.card[data-state=done]', { timeout: 60_000 })
  await page.selectOption('#person', 'ana')
  await say('/proxy add blog.example.com')
  await page.waitForSelector('.card[data-state=waiting]')
  await page.selectOption('#person', 'bo')
  await page.locator('.card[data-state=waiting]').scrollIntoViewIfNeeded()
  await page.evaluate('document.fonts.ready')
  await page.screenshot({ path: target('demo') })
  await page.setViewportSize({ width: 1120, height: 1600 }) // the line to type in must not lie over it
  await page.goto(`${demo.web}/?person=ana&as=slack,discord`)
  const card = page.locator('.card[data-state=waiting]')
  await card.waitFor()
  await card.scrollIntoViewIfNeeded()
  const pictures = page.locator('.renderings').last()
  await pictures.waitFor()
  await pictures.screenshot({ path: target('chats') })
  process.stdout.write(`${target('demo')}\n${target('chats')}\n`)
} finally {
  await browser.close()
  await demo.stop()
}
