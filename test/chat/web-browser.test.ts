import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createWebAdapter } from '../../src/chat/web/web.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { cardOf, waitingCard } from './example-cards.ts'
import { dayOfCharts } from './chart/example-charts.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'
import { temporaryFolder } from './folder.ts'
import { actorNamed, people } from './people.ts'

const asker = actorNamed('web', 'ana')

const executablePath = ['/usr/bin/chromium', '/usr/local/bin/chrome', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const args =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const place = { platform: 'web', channel: 'ops' }
const noBrowser = executablePath === undefined ? ' (skipped: no chromium here)' : ''

describe.skipIf(executablePath === undefined)(`the chat page in a real browser${noBrowser}`, () => {
  let browser: Browser
  let folder: string
  let door: FakeDoor
  let adapter: ReturnType<typeof createWebAdapter>
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: args.split(' ') })
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    folder = temporaryFolder()
    door = fakeDoor()
    door.completions = ['jail create ', 'jail destroy ', 'jail list'].map((text) => ({ text, hint: `about ${text}` }))
    adapter = make(0)
    await adapter.start(door)
    problems = []
    page = await openPage()
  })
  afterEach(async () => {
    await page.context().close()
    await adapter.stop()
    rmSync(folder, { recursive: true })
    expect(problems).toEqual([])
  })

  function make(port: number) {
    return createWebAdapter({ port, people, historyFile: join(folder, 'history.json'), now: Date.now })
  }

  async function openPage(person = 'ana'): Promise<Page> {
    const context = await browser.newContext()
    const opened = await context.newPage()
    opened.setDefaultTimeout(8000)
    opened.on('pageerror', (error) => problems.push(error.message))
    opened.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) problems.push(message.text())
    })
    await opened.goto(`${adapter.url()}/?person=${person}`)
    await opened.locator('#person option').first().waitFor({ state: 'attached' })
    return opened
  }

  async function type(text: string): Promise<void> {
    await page.locator('#text').pressSequentially(text)
  }

  test('charts are a picture in the card, and in what Slack and Discord show', async () => {
    await adapter.post(place, cardOf('r1', { state: 'done', charts: dayOfCharts }), asker)
    const loaded = async (selector: string) => {
      const width = () => page.locator(selector).evaluate((image) => Number(Reflect.get(image, 'naturalWidth')))
      await vi.waitFor(async () => expect(await width()).toBeGreaterThan(0))
    }
    await loaded('.card .picture')
    expect(await page.locator('.card .picture').getAttribute('alt')).toContain('Requests (requests/s)')
    await page.getByRole('button', { name: 'Slack' }).click()
    await page.getByRole('button', { name: 'Discord' }).click()
    await page.locator('.renderings').scrollIntoViewIfNeeded()
    await loaded('.as-slack .s-picture img')
    await loaded('.as-discord .d-picture img')
  })

  test('a command is typed, completed by keyboard and sent', async () => {
    const line = page.getByRole('combobox', { name: 'Command' })
    await type('/jail')
    await page.locator('#completions li').nth(2).waitFor()
    expect(await line.getAttribute('aria-expanded')).toBe('true')
    await line.press('ArrowDown')
    await line.press('ArrowDown')
    await line.press('ArrowUp')
    await line.press('ArrowUp')
    expect(await page.locator('#completions [aria-selected=true]').textContent()).toContain('/jail list')
    expect(await line.getAttribute('aria-activedescendant')).toBe('completion-2')
    await line.press('ArrowDown')
    await line.press('Enter')
    expect(await line.inputValue()).toBe('/jail create ')
    expect(door.received).toEqual([])
    await type('blog')
    await line.press('Enter')
    await page.locator('.typed', { hasText: '/jail create blog' }).waitFor()
    expect(door.received).toMatchObject([{ said: { kind: 'text', text: 'jail create blog' }, actor: { id: 'ana', platform: 'web' } }])
    await vi.waitFor(async () => expect(await line.inputValue()).toBe(''))
  })

  test('Tab takes the first completion, Escape closes the list, and the slash may be left out', async () => {
    const line = page.locator('#text')
    await type('jail d')
    await page.locator('#completions li').first().waitFor()
    await line.press('Tab')
    expect(await line.inputValue()).toBe('jail destroy ')
    expect(await page.evaluate('document.activeElement.id')).toBe('text')
    await line.fill('')
    await type('j')
    await page.locator('#completions li').first().waitFor()
    await line.press('Escape')
    expect(await page.locator('#completions').isHidden()).toBe(true)
    expect(await line.getAttribute('aria-expanded')).toBe('false')
  })

  test('a refusal stands above the line, and what was typed stays', async () => {
    door.before = () => Promise.reject(new JailopsError('store_full', 'The store is full.'))
    await type('jail list')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'The store is full. Nothing was done.' }).waitFor()
    expect(await page.locator('#text').inputValue()).toBe('jail list')
  })

  test('bo approves what ana asked for, and both see it tick', async () => {
    await type('jail create blog')
    await page.keyboard.press('Enter')
    await page.locator('.typed').waitFor()
    await adapter.post(place, waitingCard(), asker)
    await page.locator('.state', { hasText: 'Waiting for approval' }).waitFor()
    await page.getByLabel('Who you are').selectOption({ label: 'bo – operator and approver' })
    await page.getByRole('button', { name: 'Approve' }).click()
    await vi.waitFor(() => expect(door.received).toHaveLength(2))
    expect(door.received[1]).toMatchObject({
      actor: { id: 'bo', groups: ['operators', 'approvers'] },
      said: { press: { kind: 'approve', request: 'r1' } },
    })
    const other = await openPage('eve')
    const states = ['done', 'running'] as const
    await adapter.edit(
      place,
      'r1',
      waitingCard({
        state: 'running',
        buttons: [],
        steps: waitingCard().steps.map((step, index) => ({ ...step, state: states[index] ?? 'pending' })),
      }),
      asker,
    )
    for (const one of [page, other]) {
      await one.getByText('1 of 2 done').waitFor()
      await one.locator('.step.done', { hasText: 'Unpack' }).waitFor()
      await one.locator('.step.running', { hasText: 'service jail onestart blog' }).waitFor()
      expect(await one.locator('.card').count()).toBe(1)
    }
    await other.context().close()
  })

  test('a whisper reaches the one person, and goes when somebody else sits down', async () => {
    await adapter.whisper(place, { platform: 'web', id: 'ana', name: 'ana', groups: [], kind: 'person' }, { title: 'Not your own' })
    await page.locator('.card', { hasText: 'Not your own' }).waitFor()
    await page.getByText('only you can see this').waitFor()
    await page.getByLabel('Who you are').selectOption('bo')
    await adapter.post(place, cardOf('r9'), asker)
    await page.locator('.card', { hasText: 'Card of r9' }).waitFor()
    expect(await page.getByText('Not your own').count()).toBe(0)
  })

  test('what people write is shown, never obeyed', async () => {
    const evil = '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script>&lt;b&gt;'
    await type(evil)
    await page.keyboard.press('Enter')
    await page.locator('.typed').waitFor()
    await adapter.post(
      place,
      cardOf('r1', {
        title: `${evil} safe\u202Egnp.exe`,
        text: evil,
        fields: [{ name: evil, value: evil }],
        table: { columns: [evil], rows: [[evil]] },
        steps: [{ title: evil, detail: `${evil}\u001b[2J`, state: 'failed' }],
        files: [{ name: evil, text: evil }],
        buttons: [{ label: evil, style: 'plain', press: { kind: 'cancel', request: evil } }],
        footer: evil,
      }),
      asker,
    )
    await page.locator('.card').waitFor()
    expect(await page.locator('#messages img, #messages script, #messages b').count()).toBe(0)
    expect(await page.evaluate(() => 'owned' in globalThis)).toBe(false)
    expect(await page.locator('.card h2').textContent()).toBe(`${evil} safe⟨U+202E⟩gnp.exe`)
    expect(await page.locator('.card').textContent()).toContain('⟨U+001B⟩[2J')
  })

  test('a restart of the bot shows a banner, then the truth', async () => {
    await adapter.post(place, waitingCard(), asker)
    await page.locator('.state', { hasText: 'Waiting for approval' }).waitFor()
    const port = Number(new URL(adapter.url()).port)
    await adapter.stop()
    await page.getByText('Connection to the bot lost').waitFor()
    adapter = make(port)
    await adapter.start(door)
    await adapter.edit(place, 'r1', waitingCard({ state: 'done', buttons: [] }), asker)
    await page.locator('.card[data-state=done]').waitFor()
    await page.locator('#connection').waitFor({ state: 'hidden' })
    expect(await page.locator('.card').count()).toBe(1)
  })

  test('what is sent while the bot restarts arrives once', async () => {
    await page.locator('#text').fill('jail list')
    const port = Number(new URL(adapter.url()).port)
    await adapter.stop()
    await page.keyboard.press('Enter')
    await page.getByText('Connection to the bot lost').waitFor()
    adapter = make(port)
    await adapter.start(door)
    await page.locator('.typed', { hasText: '/jail list' }).waitFor()
    expect(door.stored()).toHaveLength(1)
  })

  test('a double click is one delivery, and a retry is the same one', async () => {
    await adapter.post(place, waitingCard(), asker)
    const held = Promise.withResolvers<void>()
    door.before = () => held.promise
    const approve = page.getByRole('button', { name: 'Approve' })
    await approve.dblclick()
    await vi.waitFor(() => expect(door.received).toHaveLength(1))
    expect(await approve.isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Deny' }).isDisabled()).toBe(true)
    held.reject(new Error('unforeseen'))
    await page.getByRole('alert').filter({ hasText: 'sending it again is safe' }).waitFor()
    door.before = async () => {}
    await approve.click()
    await vi.waitFor(() => expect(door.received).toHaveLength(2))
    expect(door.received[1]?.delivery).toBe(door.received[0]?.delivery)
  })

  test('what was opened stays open, and the keyboard stays on its button, when the card is edited', async () => {
    const detail = Array.from({ length: 12 }, (_, index) => `line ${index}`).join('\n')
    const steps = [{ title: 'Write', detail, state: 'pending' as const }]
    await adapter.post(place, waitingCard({ steps, files: [{ name: 'plan.txt', text: detail }] }), asker)
    await page.locator('.long summary').click()
    await page.getByRole('button', { name: 'Deny' }).focus()
    await adapter.edit(place, 'r1', waitingCard({ steps, title: 'Edited', files: [{ name: 'plan.txt', text: detail }] }), asker)
    await page.locator('h2', { hasText: 'Edited' }).waitFor()
    expect(await page.locator('.long').getAttribute('open')).not.toBeNull()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Deny')
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: /plan\.txt/ }).click()
    expect((await downloading).suggestedFilename()).toBe('plan.txt')
  })

  test('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 700 })
    const row = Array.from({ length: 8 }, (_, index) => `column ${index}`)
    await adapter.post(place, waitingCard({ table: { columns: row, rows: [row] }, footer: 'x'.repeat(300) }), asker)
    await page.locator('.card table').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(await page.locator('#scroller').evaluate((element) => element.scrollWidth)).toBe(360)
  })
})
