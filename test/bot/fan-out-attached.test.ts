import { describe, expect, it } from 'vitest'
import { answerOfAll } from '../../src/bot/fan-out-answer.ts'
import { drawPng } from '../../src/chat/chart/draw.ts'
import { renderCard as renderForDiscord } from '../../src/chat/discord/render.ts'
import { renderCard as renderForSlack } from '../../src/chat/slack/render.ts'
import type { Answer } from '../../src/core/card.ts'
import { chartOf } from '../chat/chart/example-charts.ts'
import { cardOf } from '../chat/example-cards.ts'
import { asked, card, cards, pass, result, says } from './fan-out-bench.ts'
import { until } from '../support/until.ts'

const chart = chartOf('Requests: all sites', { requests: (at) => at })
const graph: Answer = { title: 'The last 24 h: all sites', charts: [chart, chart, chart] }
const sites = (text = '[]\n'): Answer => ({ title: '1 site', files: [{ name: 'sites.json', text }] })
const named = (count: number) => Array.from({ length: count }, (_, index) => `web${index + 1}`)

function merge(hosts: readonly string[], answer: Answer): Answer {
  const said = new Map(hosts.map((name) => [name, { answer }]))
  return answerOfAll({
    line: 'x',
    hosts: hosts.map((name) => ({ name, seenAt: 1, isAway: false })),
    said,
    zone: 'UTC',
    waitedSeconds: 1,
  })
}

describe('charts and files of all hosts', () => {
  it('are on the card, each under the name of its host', async () => {
    const story = await asked(['web1', 'web2'], [], 'jail list host:*')
    await says(story, 'web1', result({ ...graph, ...sites('[1]\n') }))
    await says(story, 'web2', result({ ...graph, ...sites('[2]\n') }))
    await until(() => card(story)?.state === 'done')

    expect(card(story)?.charts?.map(({ title }) => title)).toEqual([
      ...Array.from({ length: 3 }, () => 'web1: Requests: all sites'),
      ...Array.from({ length: 3 }, () => 'web2: Requests: all sites'),
    ])
    expect(card(story)?.files).toEqual([
      { name: 'web1-sites.json', text: '[1]\n', isAnswer: true },
      { name: 'web2-sites.json', text: '[2]\n', isAnswer: true },
    ])
  })

  it('come with the end, once: an edit before it would put others beside them', async () => {
    const story = await asked(['web1', 'web2'], [], 'jail list host:*')
    await says(story, 'web1', result({ ...graph, ...sites() }))
    await pass(story, 2000)
    await until(() => cards(story) === 2)
    expect([card(story)?.charts, card(story)?.files]).toEqual([undefined, []])

    await pass(story, 13_000)
    await until(() => card(story)?.state === 'done')
    expect([card(story)?.charts?.length, card(story)?.files.length]).toEqual([3, 1])
  })

  it('that are more than a picture takes are left out, by host, and it is said whose', () => {
    const merged = merge(named(6), graph)
    expect(merged.charts).toHaveLength(9)
    expect(merged.text).toContain(
      'No more charts go with one message. Left out are those of web4, web5, web6; ask one host alone by host:NAME.',
    )
  })

  it.each([
    ['more than go with one message', named(200), sites(), 8, 'web9, web10, web11'],
    ['too large together', named(3), sites('x'.repeat(1_900_000)), 2, 'web3'],
  ])('that are %s are left out, and it is said whose', (_, hosts, answer, kept, left) => {
    const merged = merge(hosts, answer)
    expect(merged.files).toHaveLength(kept)
    expect(merged.text).toContain(`No more files go with one message. Left out are those of ${left}`)
  })

  it('fit into a message of Slack and of Discord with all that goes beside them', async () => {
    const { title, text = '', charts, files = [] } = merge(named(200), { ...graph, ...sites(), text: 'word '.repeat(2000) })
    const full = cardOf('r1', {
      state: 'done',
      title,
      text,
      ...(charts !== undefined && { charts }),
      files: files.map((file) => ({ ...file, isAnswer: true as const })),
    })

    const [slack, discord] = [renderForSlack(full), renderForDiscord(full)]

    expect(slack.files.map(({ name }) => name)).toEqual(expect.arrayContaining(['charts.png', ...files.map(({ name }) => name)]))
    expect(discord.files).toHaveLength(10)
    expect(discord.message.embeds[0]?.description).not.toContain('The files are not whole')
    expect((await drawPng(charts ?? [])).length).toBeLessThan(8_000_000)
  })
})
