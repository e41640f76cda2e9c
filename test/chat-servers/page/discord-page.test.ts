import { type Client, GatewayIntentBits, type Interaction, MessageFlags } from 'discord.js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { DiscordServer } from '../discord/server.ts'
import { startBot, startGuild, type Trial } from '../discord/trial.ts'
import { executablePath, noBrowser, openBrowser, openPage } from './browser.ts'
import { startChatPage } from './page.ts'

const row = (...components: object[]) => ({ type: 1, components })

/** Plans, is approved by a button, asks why in a modal, and says so. */
async function answer(interaction: Interaction): Promise<unknown> {
  if (interaction.isAutocomplete()) {
    const { value } = interaction.options.getFocused(true)
    return interaction.respond(['blog', 'shop'].filter((name) => name.startsWith(value)).map((name) => ({ name, value: name })))
  }
  if (interaction.isChatInputCommand() && interaction.commandName === 'status') return undefined
  if (interaction.isChatInputCommand()) {
    const { options } = interaction
    const given = [options.getString('name'), options.getString('size'), options.getInteger('count'), options.getBoolean('boot')]
    return interaction.reply({
      embeds: [{ color: 0xf0b232, title: `Create ${given.join(' ')}`, description: 'A **plan** \\*of\\* `steps`' }],
      components: [
        row({ type: 2, style: 3, label: 'Approve', custom_id: 'approve' }),
        row({
          type: 3,
          custom_id: 'host',
          placeholder: 'Which host',
          options: ['web1', 'web2'].map((name) => ({ label: name, value: name })),
        }),
      ],
    })
  }
  if (interaction.isStringSelectMenu())
    return interaction.reply({ content: `On ${interaction.values.join()}`, flags: MessageFlags.Ephemeral })
  if (interaction.isButton()) {
    return interaction.showModal({
      title: 'Why?',
      custom_id: 'why',
      components: [{ type: 1, components: [{ type: 4, custom_id: 'reason', label: 'Reason', style: 1, required: true }] }],
    })
  }
  if (interaction.isModalSubmit()) return interaction.reply({ content: `Because: ${interaction.fields.getTextInputValue('reason')}` })
  return undefined
}

describe.skipIf(executablePath === undefined)(`the page of the loopback Discord${noBrowser}`, () => {
  let browser: Browser
  let trial: Trial
  let server: DiscordServer
  let page: Page

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    trial = await startGuild({ limits: { responseMs: 600 } })
    ;({ server } = trial)
    const chat = await startChatPage({ platform: 'discord', server, people: [trial.alice, trial.bob] })
    onTestFinished(() => chat.stop())
    const problems: string[] = []
    page = await openPage(browser, chat.url, problems)
    onTestFinished(async () => {
      await page.context().close()
      expect(problems).toEqual([])
    })
    await page.locator('#channels button').first().waitFor()
  })

  async function startAnswering(): Promise<Client> {
    const bot = await startBot(server, answer)
    await page.getByText('The app is connected').waitFor()
    return bot
  }

  /** Fills in a command from the list. */
  async function create(): Promise<void> {
    await page.locator('#text').pressSequentially('/jail cr')
    await page.locator('#commands li', { hasText: '/jail create' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByLabel('name').fill('bl')
    await page.getByRole('option', { name: 'blog' }).click()
    await page.getByLabel('size').selectOption('Small')
    await page.getByLabel('count').fill('3')
    await page.getByLabel('boot').selectOption('True')
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Send' }).click()
  }

  test('a command with typed options and autocomplete, a button and a modal, all the way to discord.js', async () => {
    await startAnswering()
    await create()
    const embed = page.locator('.d-embed')
    await embed.getByText('Create blog s 3 true').waitFor()
    expect(await embed.evaluate((node) => node.style.borderLeftColor)).toBe('rgb(240, 178, 50)')
    expect(await embed.locator('.d-text').innerHTML()).toBe('A <strong>plan</strong> *of* <code>steps</code>')
    await page.getByText('Alice used /jail create').waitFor()
    await page.getByRole('button', { name: 'Approve' }).click()
    const modal = page.getByRole('dialog')
    await modal.getByLabel('Reason').fill('it is time')
    await modal.getByRole('button', { name: 'Submit' }).click()
    await page.getByText('Because: it is time').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('a select menu, and an answer that only one person sees', async () => {
    await startAnswering()
    await create()
    await page.getByLabel('Which host').selectOption('web2')
    const whisper = page.locator('.d-ephemeral', { hasText: 'On web2' })
    await whisper.getByText('Only you can see this').waitFor()
    await page.getByLabel('Who you are').selectOption('bob')
    await page.getByLabel('Which host').waitFor()
    expect(await whisper.count()).toBe(0)
  })

  test('a modal that is closed is gone', async () => {
    await startAnswering()
    await create()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await vi.waitFor(() => expect(server.modals(trial.alice)).toEqual([]))
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('an application that does not respond is said to', async () => {
    await startAnswering()
    await page.locator('#text').fill('/status')
    await page.locator('#commands li', { hasText: '/status' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.d-ephemeral', { hasText: 'The application did not respond' }).waitFor()
  })

  test('who is called sees it, and nobody else', async () => {
    const bot = await startAnswering()
    expect(bot.options.intents.has(GatewayIntentBits.Guilds)).toBe(true)
    const channel = await bot.channels.fetch(trial.ops)
    if (channel?.isSendable()) await channel.send({ content: `<@${trial.bob}> and \\@everyone`, allowedMentions: { parse: ['users'] } })
    await page.locator('.d-message', { hasText: '@bob and @everyone' }).waitFor()
    expect(await page.locator('.d-pill').allTextContents()).toEqual(['@bob'])
    expect(await page.locator('.d-mentioned').count()).toBe(0)
    await page.getByLabel('Who you are').selectOption('bob')
    await page.locator('.d-mentioned').waitFor()
  })
})
