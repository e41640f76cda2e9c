import type { App, BlockAction, ButtonAction } from '@slack/bolt'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SlackServer } from '../slack/server.ts'
import { closeAll, post, startBolt, startTown } from '../slack/support.ts'
import { executablePath, noBrowser, openBrowser, openPage } from './browser.ts'
import { type ChatPage, startChatPage } from './page.ts'

const plain = (text: string) => ({ type: 'plain_text' as const, text })

/** Plans, is approved by a button, asks why in a modal, and says so. */
function listen(app: App): void {
  app.command('/jail', async ({ ack, command, client }) => {
    await ack(`Planning ${command.text} for you alone`)
    await post(client, {
      channel: command.channel_id,
      text: 'Plan',
      blocks: [{ type: 'actions', elements: [{ type: 'button', text: plain('Approve'), action_id: 'approve', value: 'r1' }] }],
    })
  })
  app.action<BlockAction<ButtonAction>>('approve', async ({ ack, body, client }) => {
    await ack()
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'why',
        private_metadata: body.channel?.id ?? '',
        title: plain('Why?'),
        submit: plain('Say'),
        blocks: [
          { type: 'input', block_id: 'reason', label: plain('Reason'), element: { type: 'plain_text_input', action_id: 'text' } },
          {
            type: 'input',
            block_id: 'host',
            label: plain('Host'),
            element: {
              type: 'static_select',
              action_id: 'host',
              options: ['web1', 'web2'].map((name) => ({ text: plain(name), value: name })),
            },
          },
          {
            type: 'input',
            block_id: 'jail',
            label: plain('Jail'),
            element: { type: 'external_select', action_id: 'pick', min_query_length: 1, placeholder: plain('Which jail') },
          },
        ],
      },
    })
  })
  app.options('pick', async ({ ack, payload }) => {
    const found = ['blog', 'shop'].filter((name) => name.startsWith(payload.value))
    await ack({ options: found.map((name) => ({ text: plain(name), value: name })) })
  })
  app.view('why', async ({ ack, view, body, client }) => {
    const { values } = view.state
    const reason = values['reason']?.['text']?.value ?? ''
    if (reason.length < 3) return ack({ response_action: 'errors', errors: { reason: 'Say more' } })
    await ack()
    const chosen = [values['host']?.['host'], values['jail']?.['pick']].map((one) => one?.selected_option?.value)
    await post(client, { channel: view.private_metadata, text: `${body.user.id}: ${reason} (${chosen.join(', ')})` })
  })
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: `Heard ${event.text}` })
  })
}

describe.skipIf(executablePath === undefined)(`the page of the loopback Slack${noBrowser}`, () => {
  let browser: Browser
  let slack: SlackServer
  let chat: ChatPage
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    slack = await startTown({ delays: { acknowledge: 600 } })
    slack.addChannel({ id: 'C2', name: 'elsewhere', members: ['U1', 'U3'], botIsMember: false })
    chat = await startChatPage({ platform: 'slack', server: slack })
    problems = []
    page = await openPage(browser, chat.url, problems)
    await page.locator('#channels button').first().waitFor()
  })
  afterEach(async () => {
    await page.context().close()
    await chat.stop()
    await closeAll()
    expect(problems).toEqual([])
  })

  async function type(text: string): Promise<void> {
    await page.locator('#text').fill(text)
    await page.keyboard.press('Enter')
  }

  test('a command, a button, and a modal with an error, a select and a search, all the way to a real Bolt app', async () => {
    await startBolt(slack, 'socket', listen)
    await page.getByText('The app is connected').waitFor()
    await type('/jail create blog')
    await page.locator('.s-only-you', { hasText: 'Only visible to you' }).filter({ hasText: 'Planning create blog' }).waitFor()
    await page.getByRole('button', { name: 'Approve' }).click()

    const modal = page.getByRole('dialog')
    await modal.getByLabel('Reason').fill('no')
    await modal.getByLabel('Host').selectOption('web2')
    await modal.getByPlaceholder('Which jail').fill('bl')
    await modal.getByRole('option', { name: 'blog' }).click()
    await modal.getByRole('button', { name: 'Say' }).click()
    await modal.getByRole('alert').filter({ hasText: 'Say more' }).waitFor()
    expect(await modal.getByPlaceholder('Which jail').inputValue()).toBe('blog')
    expect(await modal.getByLabel('Reason').inputValue()).toBe('no')

    await modal.getByLabel('Reason').fill('not yet <!channel>')
    await modal.getByRole('button', { name: 'Say' }).click()
    await page.locator('.s-message', { hasText: 'U1: not yet @channel (web2, blog)' }).waitFor()
    expect(await page.locator('.s-pill').allTextContents()).toEqual(['@channel'])
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('a modal that is closed is gone, and Slack knows it', async () => {
    await startBolt(slack, 'socket', listen)
    await type('/jail create blog')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await vi.waitFor(() => expect(slack.views('U1')).toEqual([]))
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('what nobody acknowledges is told to whoever did it', async () => {
    await type('/jail list')
    await page.getByText('/jail failed with the error "dispatch_failed"').waitFor()
    await startBolt(slack, 'socket', () => undefined)
    await type('/nobody knows')
    await page.getByText('/nobody failed with the error "operation_timeout"').waitFor()
  })

  test('a mention is heard, a thread takes no slash command, and what others say arrives', async () => {
    await startBolt(slack, 'socket', listen)
    await type('@jailops list <b>')
    await page.locator('.s-message', { hasText: 'Heard @jailops list <b>' }).waitFor()
    slack.as('U2').say('C1', 'Good morning')
    const others = page.locator('#messages > li', { hasText: 'Good morning' })
    await others.hover()
    await others.getByRole('button', { name: 'Reply in thread' }).click()
    await type('/jail list')
    await page.getByText('/jail is not supported in threads').waitFor()
    await type('Good evening')
    await page.locator('.s-in-thread', { hasText: 'Good evening' }).waitFor()
  })

  test('another person sees another Slack', async () => {
    await startBolt(slack, 'socket', listen)
    await type('/jail create blog')
    await page.getByText('Planning create blog for you alone').waitFor()
    await page.getByLabel('Who you are').selectOption('bo')
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    expect(await page.getByText('for you alone').count()).toBe(0)
    await page.getByLabel('Who you are').selectOption('eve')
    await page.locator('#title', { hasText: '# elsewhere' }).waitFor()
    expect(await page.locator('#channels button').allTextContents()).toEqual(['# elsewhere'])
    await page.getByText('the app is not in this channel').waitFor()
  })

  test('a select in a message, and one that searches, reach the app', async () => {
    const chosen: unknown[] = []
    const app = await startBolt(slack, 'socket', (bolt) => {
      listen(bolt)
      bolt.action(/^(which|pick)$/, async ({ ack, action }) => {
        await ack()
        chosen.push('selected_option' in action ? action.selected_option?.value : undefined)
      })
    })
    const options = ['one', 'two'].map((name) => ({ text: plain(name), value: name }))
    await post(app.client, {
      channel: 'C1',
      text: 'Choose',
      blocks: [
        {
          type: 'actions',
          elements: [
            { type: 'static_select', action_id: 'which', placeholder: plain('Which'), options },
            { type: 'external_select', action_id: 'pick', placeholder: plain('Search'), min_query_length: 1 },
          ],
        },
      ],
    })
    await page.getByLabel('Which').selectOption('two')
    await page.getByPlaceholder('Search').fill('sh')
    await page.getByRole('option', { name: 'shop' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await vi.waitFor(() => expect(chosen).toEqual(['two', 'shop']))
  })

  test('a long file is read in place', async () => {
    const app = await startBolt(slack, 'socket', listen)
    const content = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n')
    await app.client.files.uploadV2({ channel_id: 'C1', filename: 'plan.txt', content })
    const file = page.locator('.s-file', { hasText: 'plan.txt' })
    await file.waitFor()
    expect(await file.textContent()).not.toContain('line 39')
    await file.getByRole('button', { name: 'Expand all 40 lines' }).click()
    await file.getByText('line 39').waitFor()
  })
})
