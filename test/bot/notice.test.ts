import { describe, expect, it } from 'vitest'
import { acknowledged, afterSnapshot, isPast, type Notice, silenced } from '../../src/bot/notice.ts'
import { noticeCard } from '../../src/bot/notice-card.ts'
import { pressSchema } from '../../src/core/card.ts'
import { idOfPress } from '../../src/chat/discord/press-id.ts'
import { renderCard as renderDiscord } from '../../src/chat/discord/render.ts'
import { renderCard as renderSlack } from '../../src/chat/slack/render.ts'
import { alertOf } from './alerts.ts'
import { commands } from './bench-commands.ts'

const minute = 60_000
const start = Date.UTC(2026, 10, 26, 14, 0)
const one = { commands, hosts: 1, zone: 'UTC', now: start }

function ids() {
  let count = 0
  return () => `a${(count += 1)}`
}

/** A host's words one after the other, each some minutes after the first. */
function story(words: readonly { at: number; keys: readonly string[] }[], before: readonly Notice[] = []): Notice[] {
  const newId = ids()
  const notices = new Map(before.map((notice) => [notice.id, notice]))
  for (const { at, keys } of words) {
    const now = start + at * minute
    const alerts = keys.map((key) => alertOf(key, { since: now }))
    for (const notice of afterSnapshot([...notices.values()], { host: 'web1', alerts, saidAt: now }, now, newId))
      notices.set(notice.id, notice)
  }
  return [...notices.values()]
}

function only(notices: readonly Notice[]): Notice {
  const [notice] = notices
  if (notice === undefined || notices.length > 1) throw new Error(`there are ${notices.length} notices`)
  return notice
}

describe('a host’s word', () => {
  it('is one notice for each of a few, and none for what is known', () => {
    expect(story([{ at: 0, keys: ['a', 'b'] }]).map(({ items }) => items.length)).toEqual([1, 1])
    expect(
      story([
        { at: 0, keys: ['a'] },
        { at: 1, keys: ['a', 'b'] },
      ]).map(({ items }) => items.map(({ alert }) => alert.key)),
    ).toEqual([['a'], ['b']])
  })

  it('heard twice changes nothing', () => {
    const before = story([{ at: 0, keys: ['a'] }])
    const alerts = [alertOf('a', { since: start })]
    expect(afterSnapshot(before, { host: 'web1', alerts, saidAt: start }, start, ids())).toEqual([])
  })

  it('of another host is none of this one’s', () => {
    const before = story([{ at: 0, keys: ['a'] }])
    expect(afterSnapshot(before, { host: 'web2', alerts: [], saidAt: start }, start, ids())).toEqual([])
  })

  it('that it is over ends it, and says how long it was', () => {
    const notice = only(
      story([
        { at: 0, keys: ['a'] },
        { at: 3, keys: [] },
      ]),
    )
    expect(noticeCard(notice, one)).toMatchObject({
      standing: 'recovered',
      buttons: [],
      text: expect.stringContaining('lasted 3 minutes'),
    })
  })

  it('that it is back within the hour goes on in the same notice, with how often', () => {
    const flaps = [0, 2, 4, 6].flatMap((at) => [
      { at, keys: ['a'] },
      { at: at + 1, keys: [] },
    ])
    const notice = only(story([...flaps, { at: 8, keys: ['a'] }]))
    expect(noticeCard(notice, one)).toMatchObject({
      standing: 'critical',
      text: expect.stringContaining('It came and went 4 times within an hour.'),
    })
  })

  it('that it is back after an hour is a new one', () => {
    const notices = story([
      { at: 0, keys: ['a'] },
      { at: 1, keys: [] },
      { at: 62, keys: ['a'] },
    ])
    expect(notices.map((notice) => isPast(notice, start + 62 * minute))).toEqual([true, false])
  })

  it('of many at once is one list; one that comes a minute later is a message of its own', () => {
    const keys = Array.from({ length: 200 }, (_, index) => `k${index}`)
    const notices = story([
      { at: 0, keys },
      { at: 1, keys: [...keys, 'late'] },
    ])
    expect(notices.map(({ items, isList }) => [items.length, isList])).toEqual([
      [200, true],
      [1, undefined],
    ])
  })

  it('of many one after the other is five messages and a list', () => {
    const words = Array.from({ length: 40 }, (_, index) => ({
      at: index / 60,
      keys: Array.from({ length: index + 1 }, (__, key) => `k${key}`),
    }))
    expect(story(words).map(({ items }) => items.length)).toEqual([1, 1, 1, 1, 1, 35])
  })
})

describe('acknowledging and silencing', () => {
  const open = only(story([{ at: 0, keys: ['a'] }]))
  const said = { now: start + minute, since: start + minute }

  it('is said once, by whom, and the same again after a crash is what it was', () => {
    const seen = acknowledged(open, 'Ana', said)
    expect(noticeCard(seen, one).fields).toContainEqual({ name: 'Acknowledged', value: 'by Ana, 26 Nov 14:01' })
    expect(acknowledged(seen, 'Ana', said)).toBe(seen)
    expect(() => acknowledged(seen, 'Bo', said)).toThrow('Ana has acknowledged that already.')
  })

  it('is refused of what is over', () => {
    const over = only(story([{ at: 1, keys: [] }], [open]))
    expect(() => acknowledged(over, 'Ana', said)).toThrow('over already')
    expect(() => silenced(over, 'Ana', { ...said, until: start + 60 * minute })).toThrow('over already')
  })

  it('keeps the card as it is until the silence is over, and then says how it stands', () => {
    const quiet = silenced(open, 'Ana', { ...said, until: start + 60 * minute })
    const during = { ...one, now: start + 30 * minute }
    const after = { ...one, now: start + 60 * minute }
    const changed = only(story([{ at: 5, keys: [] }], [quiet]))
    const back = only(story([{ at: 6, keys: ['a'] }], [changed]))
    expect([changed.items, back.items]).not.toContainEqual(quiet.items)
    expect(noticeCard(quiet, during).text).toContain('Silenced by Ana until 26 Nov 15:00')
    for (const notice of [changed, back]) expect(noticeCard(notice, during)).toEqual(noticeCard(quiet, during))
    expect(noticeCard(changed, after).standing).toBe('recovered')
    expect(noticeCard(back, after).text).toContain('The silence that Ana asked for ended 26 Nov 15:00, and this goes on.')
    expect(isPast(changed, start + 59 * minute)).toBe(false)
  })
})

const noticeWith = (more: Parameters<typeof alertOf>[1]) =>
  only(afterSnapshot([], { host: 'web1', alerts: [alertOf('a', more)], saidAt: start }, start, ids()))

const wordsOf = (words: string, hosts = 2) =>
  noticeCard(noticeWith({ actions: [{ label: 'Mend', words }] }), { ...one, hosts }).buttons.flatMap(({ label, press }) =>
    label === 'Mend' && press.kind === 'say' ? [press.words] : [],
  )

describe('what a host writes', () => {
  it.each([
    ['jail start blog', ['jail start blog host:web1']],
    ['proxy status', ['proxy status host:web1']],
    ['jail start blog host:web1', ['jail start blog host:web1']],
    ['jail start db host:web2', []],
    ['jail start db host:*', []],
    ['jail start db host:web2 host:web1', []],
    ['jail list host:web2', []],
    ['approve r2345678abcdefg', []],
    ['deny r2345678abcdefg', []],
    ['alert silence a1', []],
    ['job cancel r2345678abcdefg', []],
    ['jail start', []],
    ['rm -rf /', []],
    ['', []],
    [`jail start ${'x'.repeat(70)}`, []],
    ['jail start blog\nhost:web2', []],
  ])('as the words of a button, %j, is said only of that host itself', (words, expected) => {
    expect(wordsOf(words)).toEqual(expected)
  })

  it('needs no host where there is one, and never means another', () => {
    expect(wordsOf('jail start blog', 1)).toEqual(['jail start blog'])
    expect(wordsOf('jail start blog host:web2', 1)).toEqual([])
  })

  it('is short, and without what looks like a secret', () => {
    const card = noticeCard(noticeWith({ title: `${'t'.repeat(5000)}`, sentence: 'password=hunter2hunter2' }), one)
    expect(card.title.length).toBeLessThanOrEqual(200)
    expect(JSON.stringify(card)).not.toContain('hunter2hunter2')
  })

  it('as a list of hundreds fits into one message, without a file that would go up with each edit', () => {
    const hostile = '<!channel> @everyone `x` *b* '.repeat(10)
    const alerts = Array.from({ length: 300 }, (_, index) => alertOf(`k${index}`, { title: `${index} ${hostile}`, sentence: hostile }))
    const card = noticeCard(only(afterSnapshot([], { host: 'web1', alerts, saidAt: start }, start, ids())), one)
    expect(card.text).toMatch(/and \d+ more/)
    expect([renderSlack(card).files, renderDiscord(card).files]).toEqual([[], []])
  })

  it('has buttons that every platform takes', () => {
    const { buttons } = noticeCard(noticeWith({ actions: [{ label: 'L'.repeat(500), words: `jail start ${'x'.repeat(50)}` }] }), {
      ...one,
      hosts: 2,
    })
    expect(buttons.map(({ label }) => label.length)).toEqual([40, 11, 11])
    expect(buttons.map(({ press }) => pressSchema.safeParse(press).success)).toEqual([true, true, true])
    for (const { press } of buttons) expect(idOfPress(press)?.length).toBeLessThanOrEqual(100)
  })
})
