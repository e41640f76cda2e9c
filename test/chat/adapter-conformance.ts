import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ChatAdapter, Door, Place, Said } from '../../src/chat/adapter.ts'
import { JailopsError } from '../../src/core/errors.ts'
import type { Actor } from '../../src/core/policy.ts'
import { cardOf, hostileCard, longPlanCard } from './example-cards.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'

/** How a platform took what a person said: its acknowledgement, or the sentence it shows instead. */
export type Taken = { kind: 'acknowledged' } | { kind: 'refused'; sentence: string }

/** One platform with its adapter, as the people on it know it. ana and bo are members. */
export interface Harness {
  adapter(): ChatAdapter
  /** Starts the adapter; after a stop, starts it again on the same address and with what it keeps. */
  start(door: Door): Promise<void>
  stop(): Promise<void>
  actor(person: 'ana' | 'bo'): Actor
  place: Place
  /** Resolves when the platform has the adapter's acknowledgement. The delivery is the platform's id for it. */
  send(person: 'ana' | 'bo', said: Said, delivery: string): Promise<Taken>
  /** What the platform calls ana's delivery, where it has names of its own for them. */
  idOf?(delivery: string): string
  /** All that the person sees now, a text a message, with the files that hang on it. */
  seenBy(person: 'ana' | 'bo'): Promise<string[]>
  /** The person sits before an open page, where a platform shows some things only then. */
  attend?(person: 'ana' | 'bo'): Promise<void>
  /** Takes away the message behind the adapter's back, where the platform lets anybody do so. */
  vanish(message: string): Promise<void>
  /** What this platform would obey instead of show. */
  live: RegExp[]
  /** What is said is text on some platforms, options on others. */
  speaks: Said['kind'][]
  close(): Promise<void>
}

const text = (line: string): Said => ({ kind: 'text', text: line })

/** What every chat adapter must hold, whatever the platform. */
export function adapterConformance(name: string, makeHarness: () => Promise<Harness>): void {
  describe(`chat adapter ${name}`, () => {
    let harness: Harness
    let door: FakeDoor

    beforeEach(async () => {
      harness = await makeHarness()
      door = fakeDoor()
      await harness.start(door)
    })
    afterEach(() => harness.close())

    async function ask(person: 'ana' | 'bo' = 'ana', delivery: string = crypto.randomUUID()): Promise<string> {
      const before = door.stored().length
      expect(await harness.send(person, wordsFor(harness), delivery)).toEqual({ kind: 'acknowledged' })
      return `r${Math.max(door.stored().length, before)}`
    }

    async function expectSeen(person: 'ana' | 'bo', words: string | RegExp): Promise<void> {
      await vi.waitFor(async () => expect((await harness.seenBy(person)).join('\n\n')).toMatch(words), { interval: 30 })
    }

    test('hands over what was said exactly once, with who, where and which delivery', async () => {
      for (const kind of harness.speaks.filter((one) => one !== 'press')) await harness.send('ana', exampleOf(kind), `delivery-${kind}`)
      expect(door.received.map(({ said }) => said)).toEqual(harness.speaks.filter((one) => one !== 'press').map(exampleOf))
      for (const { actor, place, delivery, said } of door.received) {
        expect(actor).toEqual(harness.actor('ana'))
        expect(place).toEqual(harness.place)
        expect(delivery).toContain(harness.idOf?.(`delivery-${said.kind}`) ?? 'delivery-')
      }
    })

    test('acknowledges only when the door has it', async () => {
      const stored = Promise.withResolvers<void>()
      door.before = () => stored.promise
      const settled = vi.fn<(taken: Taken) => void>()
      const sending = harness.send('ana', wordsFor(harness), 'delivery-slow').then(settled)
      await vi.waitFor(() => expect(door.received).toHaveLength(1))
      await new Promise((resolve) => setTimeout(resolve, 80))
      expect(settled).not.toHaveBeenCalled()
      stored.resolve()
      await sending
      expect(settled).toHaveBeenCalledWith({ kind: 'acknowledged' })
    })

    test.each([
      new JailopsError('store_full', 'The store is full.'),
      new JailopsError('stored_too_late', 'The store was too slow.'),
      new JailopsError('store_unavailable', 'The store does not answer. Nothing was done.'),
    ])('says that nothing was done: $code', async (error) => {
      door.before = async () => {
        throw error
      }
      const taken = await harness.send('ana', wordsFor(harness), 'delivery-refused')
      expect(taken.kind === 'refused' && taken.sentence.match(/Nothing was done/g)).toHaveLength(1)
      expect(taken.kind === 'refused' && taken.sentence).toContain('The store')
    })

    test('claims nothing where it is not known whether it was stored', async () => {
      door.before = () => Promise.reject(new Error('secret inner detail'))
      const taken = await harness.send('ana', wordsFor(harness), 'delivery-broken')
      expect(taken.kind).toBe('refused')
      expect(taken).not.toMatchObject({ sentence: expect.stringMatching(/nothing was done|secret/i) })
    })

    test('the same delivery twice is one request; that of another person is another', async () => {
      await harness.send('ana', wordsFor(harness), 'delivery-same')
      await harness.send('ana', wordsFor(harness), 'delivery-same')
      expect(door.stored()).toHaveLength(1)
      await harness.send('bo', wordsFor(harness), 'delivery-same')
      expect(door.stored()).toHaveLength(2)
    })

    test('shows a card, then what it is edited to, in one place', async () => {
      const request = await ask()
      const message = await harness.adapter().post(harness.place, cardOf(request, { title: 'First words' }), harness.actor('ana'))
      await expectSeen('ana', /First words/)
      await harness.adapter().edit(harness.place, message, cardOf(request, { title: 'Second words' }), harness.actor('ana'))
      await expectSeen('ana', /Second words/)
      expect((await harness.seenBy('ana')).join('\n')).not.toContain('First words')
    })

    test('many edits at once end with the last', async () => {
      const request = await ask()
      const message = await harness.adapter().post(harness.place, cardOf(request), harness.actor('ana'))
      const edits = Array.from({ length: 50 }, (_, index) =>
        harness.adapter().edit(harness.place, message, cardOf(request, { title: `Tick ${index}.` }), harness.actor('ana')),
      )
      await Promise.all(edits)
      await expectSeen('ana', /Tick 49\./)
    })

    test('shows what a program printed, and hangs it on as a file where it is long', async () => {
      const request = await ask()
      const card = cardOf(request, {
        state: 'done',
        output: 'syntax is ok\n  test is successful',
        files: [
          { name: 'plan.txt', text: 'the plan\n' },
          { name: 'output.txt', text: `first line\n${'line\n'.repeat(2000)}last line\n`, isAnswer: true },
        ],
      })
      await harness.adapter().post(harness.place, card, harness.actor('ana'))
      await expectSeen('ana', /syntax is ok[^]*test is successful/)
      await expectSeen('ana', /output\.txt[^]*first line[^]*last line/)
    })

    test('confides to one person alone, and says so where there is no private way', async () => {
      await harness.attend?.('ana')
      const request = await ask()
      const answer = { title: 'For you alone', fields: [{ name: 'Password', value: 'kQ7mWn3pXz8RbT5v' }] }
      await harness.adapter().confide(harness.place, harness.actor('ana'), answer, request)
      await expectSeen('ana', /kQ7mWn3pXz8RbT5v/)
      expect((await harness.seenBy('bo')).join('\n')).not.toContain('kQ7mWn3pXz8RbT5v')
      const nobody = { ...harness.actor('bo'), id: '1234567890123456' }
      await expect(harness.adapter().confide(harness.place, nobody, answer, 'r9')).rejects.toMatchObject({ code: 'cannot_show' })
    })

    test('posting a card twice shows it once', async () => {
      const request = await ask()
      const card = cardOf(request, { title: 'Only once' })
      await harness.adapter().post(harness.place, card, harness.actor('ana'))
      await harness.adapter().post(harness.place, card, harness.actor('ana'))
      await expectSeen('ana', /Only once/)
      expect((await harness.seenBy('ana')).join('\n').split('Only once')).toHaveLength(2)
    })

    test('posts a card anew where its message is gone', async () => {
      const request = await ask()
      const message = await harness.adapter().post(harness.place, cardOf(request, { title: 'Soon gone' }), harness.actor('ana'))
      await expectSeen('ana', /Soon gone/)
      await harness.vanish(message)
      const next = await harness.adapter().edit(harness.place, message, cardOf(request, { title: 'Here again' }), harness.actor('ana'))
      await expectSeen('ana', /Here again/)
      await harness.adapter().edit(harness.place, next, cardOf(request, { title: 'And edited' }), harness.actor('ana'))
      await expectSeen('ana', /And edited/)
    })

    test('leaves a message that is gone where it is told so, and says that it is gone', async () => {
      const request = await ask()
      const message = await harness.adapter().post(harness.place, cardOf(request, { title: 'A live board' }), harness.actor('ana'))
      await harness.vanish(message)
      const next = cardOf(request, { title: 'Nobody wants this' })
      const edited = harness.adapter().edit(harness.place, message, next, harness.actor('ana'), 'leave')
      if (harness.adapter().traits.keepsMessages) await expect(edited).rejects.toMatchObject({ code: 'message_gone' })
      await Promise.allSettled([edited])
      if (harness.adapter().traits.keepsMessages) expect((await harness.seenBy('ana')).join('\n')).not.toContain('Nobody wants this')
    })

    test('shows how an alert stands instead of a state', async () => {
      const request = await ask()
      // nobody asked for it
      const jailops: Actor = { platform: 'jailops', id: 'jailops', name: 'jailops', groups: [], kind: 'bot' }
      const message = await harness.adapter().post(harness.place, cardOf(request, { standing: 'warning' }), jailops)
      await expectSeen('ana', /warning/i)
      await harness.adapter().edit(harness.place, message, cardOf(request, { standing: 'recovered', state: 'done' }), jailops)
      await expectSeen('ana', /recovered/i)
    })

    test('shows an open card again after a restart', async () => {
      const request = await ask()
      const message = await harness.adapter().post(harness.place, cardOf(request, { title: 'Before' }), harness.actor('ana'))
      await expectSeen('ana', /Before/)
      await harness.stop()
      door.cards.set(request, cardOf(request, { title: 'Meanwhile' }))
      await harness.start(door)
      await harness.adapter().edit(harness.place, message, cardOf(request, { title: 'After', state: 'running' }), harness.actor('ana'))
      door.cards.set(request, cardOf(request, { title: 'After', state: 'running' }))
      await expectSeen('ana', /After/)
      expect((await harness.seenBy('ana')).join('\n')).not.toContain('Before')
    })

    test('whispers to one person only', async () => {
      await ask('ana')
      await ask('bo')
      await harness.adapter().whisper(harness.place, harness.actor('bo'), {
        title: 'Between us',
        text: 'not your own',
        fields: [{ name: 'Why', value: 'rule' }],
      })
      await expectSeen('bo', /Between us[^]*not your own[^]*rule/)
      expect((await harness.seenBy('ana')).join('\n')).not.toContain('Between us')
    })

    test('a press comes back as it was offered, by the one who pressed', async () => {
      const request = await ask('ana')
      const press = { kind: 'approve', request, digest: 'd'.repeat(64) } as const
      await harness
        .adapter()
        .post(
          harness.place,
          cardOf(request, { state: 'waiting', buttons: [{ label: 'Approve', style: 'primary', press }] }),
          harness.actor('ana'),
        )
      expect(await harness.send('bo', { kind: 'press', press }, 'delivery-press')).toEqual({ kind: 'acknowledged' })
      expect(door.received.at(-1)).toMatchObject({ said: { kind: 'press', press }, actor: harness.actor('bo'), place: harness.place })
    })

    test('a press that says words comes back with all of them', async () => {
      const request = await ask('ana')
      const words = `proxy drain site:${'x'.repeat(22)}.example.com target:10.0.0.5:80 host:web1`
      const press = { kind: 'say', request, words } as const
      const card = cardOf(request, { buttons: [{ label: 'Drain', style: 'plain', press }] })
      await harness.adapter().post(harness.place, card, harness.actor('ana'))
      expect(await harness.send('bo', { kind: 'press', press }, 'delivery-say')).toEqual({ kind: 'acknowledged' })
      expect(door.received.at(-1)).toMatchObject({ said: { kind: 'press', press }, actor: harness.actor('bo'), place: harness.place })
    })

    test('shows what people wrote and never obeys it', async () => {
      const request = await ask()
      await harness.adapter().post(harness.place, hostileCard(request), harness.actor('ana'))
      await expectSeen('ana', /end-of-card/)
      const seen = (await harness.seenBy('ana')).join('\n')
      for (const pattern of harness.live) expect(seen).not.toMatch(pattern)
      expect(seen).toContain('onerror')
    })

    test('cuts nothing of a long plan silently', async () => {
      const request = await ask()
      const card = longPlanCard(request)
      await harness.adapter().post(harness.place, card, harness.actor('ana'))
      await expectSeen('ana', /plan\.txt/)
      const seen = (await harness.seenBy('ana')).join('\n')
      for (const { detail } of card.steps) expect(seen).toContain(detail)
    })

    test('stops cleanly, twice if need be, and hears no more', async () => {
      await harness.stop()
      await harness.adapter().stop()
      expect(door.received).toEqual([])
    })
  })
}

function wordsFor({ speaks }: Harness): Said {
  return exampleOf(speaks.includes('text') ? 'text' : 'options')
}

function exampleOf(kind: Said['kind']): Said {
  if (kind === 'options') return { kind, command: 'jail create', options: { jail: 'blog' } }
  return text('jail create blog')
}
