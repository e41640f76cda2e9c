import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'
import { listing, runJson, temporaryFolder } from '../support/house.ts'

/* The main job as issue 2 tells it: once in the shell, once in a browser, on one demo that is started twice. */

const stateDir = temporaryFolder()
let demo: Demo
let untouched: Record<string, string>

beforeAll(async () => {
  demo = await startDemo({ stateDir })
  untouched = listing(demo.hostFolder)
})
afterAll(() => demo?.stop({ keep: true }), 60_000)

describe('in the shell', () => {
  it('ana makes a jail, once bo has approved the plan that she saw', async () => {
    const asked = await runJson(stateDir, 'ana', 'jail create blog')
    expect(asked).toMatchObject({ code: 4, state: 'waiting', reason: null })
    expect(listing(demo.hostFolder)).toEqual(untouched)
    expect(asked.card).toMatchObject({ fields: expect.arrayContaining([{ name: 'Asked by', value: 'Ana' }]) })

    const seen: string[] = []
    const approved = await runJson(stateDir, 'bo', `approve ${asked.request}`)
    expect(approved).toMatchObject({ code: 0, state: 'done' })
    const end = await ended('ana', asked.request, (steps) => seen.push(steps))
    expect(end).toMatchObject({ code: 0, state: 'done', request: asked.request })
    expect(end.card).toMatchObject({ fields: expect.arrayContaining([{ name: 'Approved by', value: 'Bo' }]) })
    expect(new Set(end.card['steps'] as object[])).not.toContainEqual(expect.objectContaining({ state: 'pending' }))
  })

  it('the jail of proxy add is guessed from the first label, and the site says which jail answers', async () => {
    expect((await demo.get('blog.example.com')).status).toBe(421)
    const added = await demo.sayApproved('ana', 'proxy add blog.example.com')
    expect(added.state).toBe('done')
    expect(added.fields).toContainEqual({ name: 'Jail', value: 'blog' })
    expect(await demo.get('blog.example.com')).toMatchObject({ status: 200, body: expect.stringContaining('served by jail blog') })
  })

  it('proxy status counts what was really asked', async () => {
    const before = figures(await demo.say('ana', 'proxy status site:blog.example.com'))
    for (let turn = 0; turn < 17; turn++) await demo.get('blog.example.com')
    for (let turn = 0; turn < 3; turn++) expect((await demo.get('blog.example.com', '/missing')).status).toBe(404)
    // the first look is where the second one counts from
    const after = figures(await demo.say('ana', 'proxy status site:blog.example.com'))
    expect(after.counted).toBe('20 requests, 3 4xx, 0 5xx')
    expect(after.title).toBe('blog.example.com: UP')
    // HAProxy's own checks and our status question reach nginx too, so at least these
    expect(after.nginx - before.nginx).toBeGreaterThanOrEqual(20)
    expect(after.nginx - before.nginx).toBeLessThan(35)
    const all = await demo.say('ana', 'proxy status')
    expect(all.title).toContain('the one backend is UP')
    expect(all.table?.rows.map(([site]) => site)).toEqual(['blog.example.com'])
  })

  it('a destroyed jail is gone, its site too, and the host is as before', async () => {
    writeFileSync(join(demo.hostFolder, 'usr/jails/blog/usr/local/www/nginx/marker.txt'), 'only here')
    expect((await demo.get('blog.example.com', '/marker.txt')).body).toBe('only here')
    const gone = await demo.sayApproved('ana', 'jail destroy blog')
    expect(gone.state).toBe('done')
    expect((await demo.get('blog.example.com')).status).toBe(421)
    expect(listing(demo.hostFolder)).toEqual(untouched)
    expect((await demo.say('ana', 'jail list')).fields).toContainEqual({ name: 'In the trash', value: 'blog' })
  })

  it('restore brings it back with its site and its content', async () => {
    expect((await demo.sayApproved('ana', 'jail restore blog')).state).toBe('done')
    expect(await demo.get('blog.example.com', '/marker.txt')).toEqual({ status: 200, body: 'only here' })
    expect((await demo.get('blog.example.com')).body).toContain('served by jail blog')
  })
})

const executablePath = ['/usr/bin/chromium', '/usr/local/bin/chrome', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const chromiumArguments =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

describe.skipIf(executablePath === undefined)('in a browser', () => {
  let browser: Browser
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: chromiumArguments.split(' ') })
    page = await browser.newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(demo.web)
  })
  afterAll(() => browser?.close())

  async function say(person: string, text: string): Promise<Locator> {
    await become(person)
    const answer = page.waitForResponse((response) => response.url().endsWith('/api/say'))
    await page.locator('#text').fill(text)
    await page.locator('#send').click()
    const { request } = (await (await answer).json()) as { request: string }
    return page.locator(`article.card[data-request="${request}"]`)
  }

  async function become(person: string): Promise<void> {
    await page.locator('#person').selectOption(person)
  }

  it('/jail create wiki, approved by bo with a click, ticks off step by step and ends done', async () => {
    const card = await say('ana', '/jail create wiki')
    await card.getByText('Waiting for approval', { exact: true }).waitFor()
    const steps = await card.locator('li.step').count()
    expect(steps).toBeGreaterThan(8)
    expect(await card.locator('li.step.pending').count()).toBe(steps)

    await become('bo')
    await watchTicks(page)
    await card.getByRole('button', { name: 'Approve' }).click()
    await card.and(page.locator('.good')).waitFor()
    expect(await card.locator('li.step.done').count()).toBe(steps)
    expect(await card.getByRole('button').count()).toBe(0)
    const ticks = await page.evaluate<number[]>('window.watcher.disconnect(), window.ticks')
    // live: more than one picture between none and all
    expect(ticks.filter((count) => count > 0 && count < steps).length).toBeGreaterThan(1)
    expect(ticks).toEqual(ticks.toSorted((a, b) => a - b))
  })

  it('eve sees the card, but her click does not count and says so to her alone', async () => {
    const card = await say('ana', '/proxy add wiki.example.com')
    await card.getByText('Waiting for approval', { exact: true }).waitFor()
    await become('eve')
    await card.getByRole('button', { name: 'Approve' }).click()
    await page.locator('.whisper', { hasText: 'request.approve' }).waitFor()
    expect((await demo.get('wiki.example.com')).status).toBe(421)
    await become('bo')
    expect(await page.locator('.whisper').count()).toBe(0)
    await card.getByRole('button', { name: 'Approve' }).click()
    await card.and(page.locator('.good')).waitFor()
    expect((await demo.get('wiki.example.com')).body).toContain('served by jail wiki')
  })

  it('/jail destroy wiki takes both away, /jail restore wiki brings both back', async () => {
    for (const [text, status] of [
      ['/jail destroy wiki', 421],
      ['/jail restore wiki', 200],
    ] as const) {
      const card = await say('ana', text)
      await card.getByText('Waiting for approval', { exact: true }).waitFor()
      await become('bo')
      await card.getByRole('button', { name: 'Approve' }).click()
      await card.and(page.locator('.good')).waitFor()
      expect((await demo.get('wiki.example.com')).status).toBe(status)
    }
    expect(problems).toEqual([])
  })

  it('after a reboot the jails, their sites and the history of the chat are there again', async () => {
    const history = await page.locator('.typed').allTextContents()
    const { web } = demo
    await demo.stop({ keep: true })
    demo = await startDemo({ stateDir, args: ['--port', new URL(web).port] })
    expect((await demo.get('blog.example.com', '/marker.txt')).body).toBe('only here')
    expect((await demo.get('wiki.example.com')).body).toContain('served by jail wiki')
    expect((await demo.say('eve', 'jail list')).table?.rows.map((row) => row.slice(0, 2))).toEqual([
      ['blog', 'running'],
      ['wiki', 'running'],
    ])
    await page.goto(demo.web)
    await become('bo')
    await page
      .locator('.typed')
      .nth(history.length - 1)
      .waitFor()
    expect(await page.locator('.typed').allTextContents()).toEqual(history)
    // nothing that ended is offered again
    expect(await page.locator('article.card').getByRole('button').count()).toBe(0)
  })

  it('a new plan works after the reboot, on the next free address', async () => {
    expect((await demo.sayApproved('ana', 'jail create third')).state).toBe('done')
    const rows = (await demo.say('eve', 'jail list')).table?.rows ?? []
    expect(new Set(rows.map((row) => row[2])).size).toBe(3)
    for (const jail of ['blog', 'wiki', 'third']) expect((await demo.sayApproved('ana', `jail stop ${jail}`)).state).toBe('done')
  })
})

/** Notes how many steps were ticked at every change of the page. */
function watchTicks(page: Page): Promise<unknown> {
  return page.evaluate(`{
    window.ticks = []
    window.watcher = new MutationObserver(() => {
      const card = [...document.querySelectorAll('article.card')].at(-1)
      if (card) window.ticks.push(card.querySelectorAll('li.step.done').length)
    })
    window.watcher.observe(document.getElementById('messages'), { childList: true, subtree: true })
  }`)
}

async function ended(person: string, request: string | null, onSteps: (states: string) => void) {
  for (;;) {
    const shown = await runJson(stateDir, person, `job show ${request}`)
    onSteps(JSON.stringify(shown.card['steps']))
    if (shown.state !== 'accepted' && shown.state !== 'waiting') return shown
  }
}

function figures({ title, fields }: Awaited<ReturnType<Demo['say']>>) {
  const all = fields.map(({ value }) => value).join('\n')
  return {
    title,
    counted: fields.find(({ name }) => name === 'Counted')?.value,
    nginx: Number(/(\d+) requests so far/.exec(all)?.[1]),
  }
}
