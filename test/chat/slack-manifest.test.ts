import { describe, expect, test } from 'vitest'
import { slackManifest } from '../../src/chat/slack/manifest.ts'
import { loadCommands } from '../../src/cli/commands-folder.ts'
import { sourcesIn } from '../house/sources.ts'

/** What Slack asks for a call of each method that our source makes: https://docs.slack.dev/reference/methods */
const scopeOfMethod: Record<string, string | undefined> = {
  'auth.test': undefined,
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.open': 'im:write',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
  'views.open': undefined,
  'views.update': undefined,
}

describe('the app manifest', () => {
  test('asks for exactly the scopes of the methods that are called, of slash commands and of mentions', () => {
    const source = sourcesIn('src/chat/slack')
      .map(({ text }) => text)
      .join('\n')
    const called = [...source.matchAll(/\b(?:interactive|bulk|client|people)\.((?:[a-zA-Z]+\.)+[a-zA-Z]+)\(/g)].map(
      (match) => match[1] ?? '',
    )
    expect([...new Set(called)].toSorted()).toEqual(Object.keys(scopeOfMethod).toSorted())
    const needed = new Set(Object.values(scopeOfMethod).filter((scope) => scope !== undefined))
    expect(slackManifest({ commands: [] }).oauth_config.scopes.bot.toSorted()).toEqual(
      [...needed, 'app_mentions:read', 'commands'].toSorted(),
    )
  })

  test('has a slash command for every first word of commands/, but help and whoami', async () => {
    const commands = await loadCommands([])
    const { slash_commands: slashes } = slackManifest({ commands }).features
    const words = new Set(commands.map(({ path }) => `/${path.split(' ')[0]}`))
    expect(slashes.map(({ command }) => command).toSorted()).toEqual(
      [...words, '/jailops'].filter((word) => word !== '/help' && word !== '/whoami').toSorted(),
    )
    for (const { usage_hint: hint, description, should_escape: escapes } of slashes) {
      expect(hint.length).toBeLessThanOrEqual(1000)
      expect(description.length).toBeLessThanOrEqual(2000)
      expect(description).not.toBe('')
      expect(escapes).toBe(false)
    }
    expect(slashes.find(({ command }) => command === '/jail')?.usage_hint).toContain('create jail [ip]')
  })

  test('uses Socket Mode, or the request URL everywhere', () => {
    expect(slackManifest({ commands: [] }).settings).toMatchObject({ socket_mode_enabled: true, token_rotation_enabled: false })
    const url = 'https://ops.example/slack/events'
    const { settings, features } = slackManifest({ commands: [], requestUrl: url })
    expect(settings).toMatchObject({
      socket_mode_enabled: false,
      event_subscriptions: { bot_events: ['app_mention'], request_url: url },
      interactivity: { request_url: url, message_menu_options_url: url },
    })
    expect(features.slash_commands.every((command) => 'url' in command && command.url === url)).toBe(true)
  })
})
