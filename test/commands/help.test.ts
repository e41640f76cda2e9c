import { describe, expect, it } from 'vitest'
import { renderAnswer as onDiscord } from '../../src/chat/discord/render.ts'
import { renderAnswer as onSlack } from '../../src/chat/slack/render.ts'
import type { Command } from '../../src/core/command.ts'
import help from '../../commands/help.ts'
import create from '../../commands/jail/create.ts'
import whoami from '../../commands/whoami.ts'
import { botAnswer } from './say.ts'

const summary = 'What it does, in a sentence that is of a usual length'
const command = (path: string): Command => ({ ...create, path, summary, permission: path.replaceAll(' ', '.'), example: `${path} blog` })
const letters = Array.from('abcdefghijklmnopqrstuvwxy')
const commands = [
  ...letters.map((letter) => command(`jail verb${letter}`)),
  ...letters.slice(0, 12).flatMap((letter) => ['create', 'list', 'remove', 'status'].map((verb) => command(`jail group${letter} ${verb}`))),
  command('proxy add'),
  command('proxy list'),
  help,
  whoami,
]
const ask = (about?: string, permissions = ['*']) =>
  botAnswer(help, about === undefined ? {} : { about }, { commands, person: { id: 'ana', roles: [], permissions } })

describe('help', () => {
  it('groups by the first word', async () => {
    const rows = (await ask()).table?.rows ?? []
    expect(rows.map(([path]) => path)).toEqual(['/jail …', '/proxy …', '/help', '/whoami'])
    expect(rows[1]).toEqual(['/proxy …', 'add, list'])
  })

  it('of many with one word folds the third', async () => {
    const rows = (await ask('jail')).table?.rows ?? []
    expect(rows).toHaveLength(37)
    expect(rows).toContainEqual(['/jail verbc', summary])
    expect(rows).toContainEqual(['/jail groupb …', 'create, list, remove, status'])
  })

  it.each(['groupb', 'jail groupb', '/jail groupb'])('of %s shows each, with an example', async (about) => {
    const { table } = await ask(about)
    expect(table?.columns).toEqual(['command', 'does', 'for example'])
    expect(table?.rows.map(([path]) => path)).toEqual(['create', 'list', 'remove', 'status'].map((verb) => `/jail groupb ${verb}`))
  })

  it('of one command says what it takes, and what must be said', async () => {
    const answer = await ask('/proxy add')
    expect(answer.title).toBe(`/proxy add: ${summary}`)
    expect(answer.table?.rows).toContainEqual(['jail', expect.any(String), 'yes'])
    expect(answer.table?.rows).toContainEqual(['type', expect.stringContaining('thin, thick'), 'no'])
    expect(answer.table?.rows.map(([label]) => label)).toContain('dry-run')
  })

  it('finds a part of a word, and says where nothing fits', async () => {
    expect((await ask('prox')).table?.rows).toHaveLength(2)
    expect(await ask('zzz')).toMatchObject({ text: expect.stringContaining('Nothing fits') })
  })

  it('says where only certain words may follow', async () => {
    expect((await ask('proxy', ['proxy.add(a b)'])).text).toContain('/proxy add: you may say it only with these words: a b.')
    expect((await ask('proxy', ['proxy.add(a b)', 'proxy.*'])).text).not.toContain('only with')
  })

  it.each([undefined, 'jail', 'jail groupb', 'proxy add'])('%s is whole on Slack and Discord', async (about) => {
    const answer = await ask(about)
    expect(onDiscord(answer).files).toEqual([])
    expect(onSlack(answer).files).toEqual([])
  })
})
