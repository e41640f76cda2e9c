import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWebAdapter } from '../../src/chat/web/web.ts'
import { executablePath, noBrowser, openBrowser, openPage } from '../chat-servers/page/browser.ts'
import { cardOf, hostileCard, waitingCard } from './example-cards.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'
import { temporaryFolder } from './folder.ts'
import { actorNamed, people } from './people.ts'

const place = { platform: 'web', channel: 'ops' }
const ana = actorNamed('web', 'ana')

let folder: string
let door: FakeDoor
let adapter: ReturnType<typeof createWebAdapter>

beforeEach(async () => {
  folder = temporaryFolder()
  door = fakeDoor()
  adapter = createWebAdapter({ port: 0, people, historyFile: join(folder, 'history.json'), now: Date.now })
  await adapter.start(door)
})
afterEach(async () => {
  await adapter.stop()
  rmSync(folder, { recursive: true })
})

async function ask(message: string, person = 'ana') {
  const response = await fetch(`${adapter.url()}/api/renderings/${message}?person=${person}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('GET /api/renderings', () => {
  test('says a card as both platforms get it, its files by their beginning', async () => {
    const text = Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n')
    await adapter.post(place, waitingCard({ files: [{ name: 'plan.txt', text }] }), ana)
    const { status, body } = await ask('r1')
    expect(status).toBe(200)
    const files = [{ name: 'plan.txt', lines: 50, preview: expect.stringMatching(/^line 0\n/) }]
    expect(body).toMatchObject({
      slack: { blocks: expect.arrayContaining([expect.objectContaining({ type: 'header' })]), files },
      discord: { embeds: [{ title: 'Create the jail blog' }], components: [{ type: 1 }], files },
    })
    expect(JSON.stringify(body)).not.toContain('line 40')
  })

  test('tells nobody what is not there, no card, or not theirs to see', async () => {
    await adapter.post(place, cardOf('r1'), ana)
    expect((await ask('r2')).status).toBe(404)
    expect(await ask('r1', 'mallory')).toMatchObject({ status: 403, body: { error: 'identity_unproved' } })
    await adapter.whisper(place, ana, { title: 'For ana' })
    const { messages } = (await (await fetch(`${adapter.url()}/api/messages?person=ana`)).json()) as { messages: { id: string }[] }
    for (const { id } of messages.filter((message) => message.id !== 'r1')) expect((await ask(id)).status).toBe(404)
  })
})

describe.skipIf(executablePath === undefined)(`cards as Slack and as Discord, in a real browser${noBrowser}`, () => {
  let browser: Browser
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    problems = []
    page = await openPage(browser, `${adapter.url()}/?person=ana`, problems)
    await page.locator('#person option').first().waitFor({ state: 'attached' })
  })
  afterEach(async () => {
    await page.context().close()
    expect(problems).toEqual([])
  })

  const show = (look: 'Slack' | 'Discord') => page.getByRole('button', { name: look, exact: true }).click()

  test('nothing is asked for until somebody wants to see it; then both follow the card', async () => {
    const asked: string[] = []
    page.on('request', (request) => void (request.url().includes('/api/renderings/') && asked.push(request.url())))
    await adapter.post(place, waitingCard(), ana)
    await page.locator('.card').waitFor()
    expect(await page.locator('.renderings').isVisible()).toBe(false)
    await show('Slack')
    await page.locator('.as-slack .s-header', { hasText: 'Create the jail blog' }).waitFor()
    expect(await page.locator('.as-discord').isVisible()).toBe(false)
    await show('Discord')
    await page.locator('.as-discord .d-embed-title', { hasText: 'Create the jail blog' }).waitFor()
    expect(asked).toHaveLength(1)
    await adapter.edit(place, 'r1', waitingCard({ state: 'done', title: 'Created the jail blog', buttons: [] }), ana)
    await page.locator('.as-slack .s-header', { hasText: 'Created the jail blog' }).waitFor()
    await page.locator('.as-discord .d-embed-author', { hasText: 'Done' }).waitFor()
    expect(await page.locator('.renderings').count()).toBe(1)
    await show('Slack')
    expect(await page.locator('.as-slack').isVisible()).toBe(false)
    await page.reload()
    await page.locator('.as-discord .d-embed').waitFor()
  })

  test('they are pictures: their buttons do nothing', async () => {
    await adapter.post(place, waitingCard(), ana)
    await show('Slack')
    const approve = page.locator('.as-slack .s-button', { hasText: 'Approve' })
    await approve.waitFor()
    await approve.click({ force: true })
    await page.locator('.card').getByRole('button', { name: 'Approve' }).click()
    await expect.poll(() => door.received.length).toBe(1)
  })

  test('what people write is shown by both, never obeyed', async () => {
    await adapter.post(place, hostileCard('r7'), ana)
    await show('Slack')
    await show('Discord')
    for (const look of ['.as-slack', '.as-discord']) {
      const shown = page.locator(look)
      await shown.getByText('end-of-card').waitFor()
      expect(await shown.locator('a, img, script, .s-pill, .d-pill, em').count()).toBe(0)
      const text = await shown.textContent()
      for (const part of [
        '<!channel> <@U012AB> @everyone <@&1234>',
        '[click](javascript:alert(1))',
        '*bold*',
        '<img src=x onerror=alert(1)>',
      ])
        expect(text).toContain(part)
    }
  })

  test('side by side they fit a screen, and a phone', async () => {
    await adapter.post(place, hostileCard('r7'), ana)
    await show('Slack')
    await show('Discord')
    await page.locator('.as-discord .d-embed').waitFor()
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.locator('#scroller').evaluate((element) => element.scrollWidth)).toBe(width)
    }
  })

  const slackCases: [string, string][] = [
    ['<!channel> <@U1> <@U9> <!subteam^S1>', '[@channel] [@ana] [@U9] [@ops]'],
    ['&lt;!channel&gt; @everyone &amp;lt;', '<!channel> @everyone &lt;'],
    ['<https://x.example|here> https://y.example.', '{here→https://x.example/} {https://y.example→https://y.example/}.'],
    ['<javascript:alert(1)|here>', '{here→}'],
    ['*bold* _it_ ~no~ `*code* <@U1>` a*b*c 2 * 3 * 4', '(strong bold) (em it) (s no) (code *code* [@ana]) a*b*c 2 * 3 * 4'],
    ['*a _b_*', '(strong a (em b))'],
    ['```\n*x* <!here>\n```after', '(pre *x* [@here])after'],
    ['```cut', '```cut'],
    ['&gt; quoted\nnot', '(blockquote quoted)not'],
    [':white_check_mark: :nothing:', '✅ :nothing:'],
    ['\uE000 <@U1>', '\uE000 [@ana]'],
  ]
  test('Slack’s markup is read as Slack reads it', async () => {
    expect(await readAll('slack', slackCases)).toEqual(slackCases)
  })

  const discordCases: [string, string][] = [
    ['@everyone <@1> <@!1> <@&2> <#3> <@9>', '[@everyone] [@ana] [@ana] [@ops] [#chat] [@unknown-user]'],
    ['\\@everyone \\<@1> \\*x\\* <@U1>', '@everyone <@1> *x* <@U1>'],
    [
      '[here](https://x.example) https://y.example. <https://z.example>',
      '{here→https://x.example/} {https://y.example→https://y.example/}. {https://z.example→https://z.example/}',
    ],
    ['[here](javascript:alert(1)) \\[here](https\\://x.example)', '[here](javascript:alert(1)) [here](https://x.example)'],
    ['**bold** *it* _it_ __under__ ~~no~~ a_b_c 2 * 3 * 4', '(strong bold) (em it) (em it) (u under) (s no) a_b_c 2 * 3 * 4'],
    ['`*x* @everyone https://x.example`', '(code *x* @everyone https://x.example)'],
    ['```sh\n*x* <@1>\n```', '(pre *x* <@1>)'],
    ['# Head\n-# small\n> quoted\n- one\n- two', '(h3 Head)(small small)(blockquote quoted)(ul (li one)(li two))'],
    ['\\# Head\n1\\. one', '# Head\n1. one'],
  ]
  test('Discord’s markdown is read as Discord reads it', async () => {
    expect(await readAll('discord', discordCases)).toEqual(discordCases)
  })

  /** Each text with what is shown of it: [pill], {link→address}, (tag …). */
  function readAll(platform: 'slack' | 'discord', cases: [string, string][]): Promise<[string, string][]> {
    return page.evaluate(`(async () => {
      const slack = await import('/slack-text.js')
      const discord = await import('/discord-text.js')
      const names = (id) => ({ U1: 'ana', S1: 'ops', 1: 'ana', 2: 'ops', 3: 'chat' })[id]
      const read = (text) => ${platform === 'slack' ? 'slack.mrkdwn(text, names)' : 'discord.markdown(text, { names })'}
      const tell = (node) => {
        const inner = () => [...node.childNodes].map(tell).join('')
        if (typeof node === 'string') return node
        if (node.nodeType === Node.TEXT_NODE) return node.data
        if (/pill/.test(node.className)) return '[' + inner() + ']'
        if (node.tagName === 'A') return '{' + inner() + '→' + node.href + '}'
        if (node.tagName === 'DIV') return inner()
        return '(' + node.tagName.toLowerCase() + ' ' + inner() + ')'
      }
      return ${JSON.stringify(cases)}.map(([text]) => [text, read(text).map(tell).join('')])
    })()`)
  }
})
