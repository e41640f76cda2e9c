import type { ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SlackPerson, SlackServer } from './server.ts'
import { closeAll, refusalOf, startSocket, startTown, webClient } from './support.ts'

let slack: SlackServer
let client: WebClient
let ada: SlackPerson
/** What the app heard, newest last. */
let bodies: Record<string, unknown>[]
/** What the app acknowledges the next delivery with. */
let answer: unknown
const clock = { now: 0 }

beforeEach(async () => {
  clock.now = 1_800_000_000_000
  slack = await startTown({ now: () => clock.now })
  client = webClient(slack)
  ada = slack.as('U1')
  const heard: Record<string, unknown>[] = []
  bodies = heard
  answer = undefined
  await startSocket(slack, ({ body, ack }) => (heard.push(body), ack(answer)))
})
afterEach(closeAll)

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const modal = (more: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  title: plain('Jail'),
  blocks: [{ type: 'divider' }],
  ...more,
})
const select = (dispatch_action: boolean): ModalView =>
  modal({
    submit: plain('Go'),
    blocks: [
      {
        type: 'input',
        block_id: 'size',
        label: plain('Size'),
        dispatch_action,
        element: { type: 'static_select', action_id: 'pick', options: ['small', 'large'].map((value) => ({ text: plain(value), value })) },
      },
      {
        type: 'input',
        block_id: 'count',
        optional: true,
        label: plain('Count'),
        element: { type: 'number_input', action_id: 'n', is_decimal_allowed: false, initial_value: '3' },
      },
      { type: 'actions', block_id: 'more', elements: [{ type: 'button', action_id: 'more', text: plain('More'), value: 'm' }] },
    ],
  })

async function trigger(): Promise<string> {
  await ada.slash('/jail', '', { channel: 'C1' })
  return String(bodies.at(-1)?.['trigger_id'])
}
async function open(view: ModalView): Promise<string> {
  const opened = await client.views.open({ trigger_id: await trigger(), view })
  return opened.view?.id ?? ''
}

describe('a trigger', () => {
  it('is good once', async () => {
    const trigger_id = await trigger()
    await client.views.open({ trigger_id, view: modal() })
    expect(await refusalOf(client.views.open({ trigger_id, view: modal() }))).toMatchObject({ error: 'exchanged_trigger_id' })
  })

  it('is good for three seconds', async () => {
    const trigger_id = await trigger()
    clock.now += 3001
    expect(await refusalOf(client.views.open({ trigger_id, view: modal() }))).toMatchObject({ error: 'expired_trigger_id' })
    expect(await refusalOf(client.views.open({ trigger_id: 'x', view: modal() }))).toMatchObject({ error: 'invalid_trigger_id' })
  })
})

describe('views', () => {
  it('are updated by id, by external id, and not over a newer one', async () => {
    const view_id = await open(modal({ external_id: 'e1' }))
    const { view } = await client.views.update({
      view_id,
      view: modal({ title: plain('Two') }),
      hash: slack.views('U1')[0]?.view.hash ?? '',
    })
    expect(view?.title?.text).toBe('Two')
    expect(await refusalOf(client.views.update({ view_id, view: modal(), hash: 'old' }))).toMatchObject({ error: 'hash_conflict' })
    expect(await refusalOf(client.views.update({ external_id: 'e1', view: modal() }))).toMatchObject({ error: 'not_found' })
  })

  it('are stacked three high, and closed one by one', async () => {
    const first = await open(select(false))
    for (const depth of [2, 3]) {
      await ada.pressInView({ viewId: slack.views('U1').at(-1)?.id ?? '', label: 'More' })
      const pushed = await client.views.push({ trigger_id: String(bodies.at(-1)?.['trigger_id']), view: select(false) })
      expect(pushed.view).toMatchObject({ root_view_id: first, previous_view_id: slack.views('U1')[depth - 2]?.id })
    }
    await ada.pressInView({ viewId: slack.views('U1')[2]?.id ?? '', actionId: 'more' })
    const refused = await refusalOf(client.views.push({ trigger_id: String(bodies.at(-1)?.['trigger_id']), view: modal() }))
    expect(refused).toMatchObject({ error: 'push_limit_reached' })
    await ada.close(slack.views('U1')[2]?.id ?? '')
    expect(slack.views('U1')).toHaveLength(2)
  })

  it('have a home', async () => {
    await client.views.publish({ user_id: 'U1', view: { type: 'home', blocks: [{ type: 'divider' }] } })
    expect(slack.home('U1')?.view.type).toBe('home')
    expect(slack.views('U1')).toEqual([])
  })

  it('that are closed are heard of only where the view wants it', async () => {
    await ada.close(await open(modal()))
    await ada.close(await open(modal({ notify_on_close: true, callback_id: 'bye' })))
    const closed = bodies.filter(({ type }) => type === 'view_closed')
    expect(closed).toMatchObject([{ user: { id: 'U1' }, is_cleared: false, view: { callback_id: 'bye' } }])
    await expect(ada.close('V9')).rejects.toThrow('U1 has no view V9 open')
  })
})

describe('a form', () => {
  it.each([false, true])('tells of a choice at once: %s', async (dispatches) => {
    const viewId = await open(select(dispatches))
    const before = bodies.length
    await ada.choose({ viewId, actionId: 'pick', value: 'large' })
    expect(bodies.slice(before)).toMatchObject(
      dispatches
        ? [{ type: 'block_actions', actions: [{ action_id: 'pick', selected_option: { value: 'large' } }], container: { view_id: viewId } }]
        : [],
    )
    await expect(ada.choose({ viewId, actionId: 'pick', value: 'huge' })).rejects.toThrow('pick does not offer huge, but small, large')
  })

  it('is sent whole, with what it began with', async () => {
    const viewId = await open(select(false))
    await ada.choose({ viewId, actionId: 'pick', value: 'large' })
    await ada.submit(viewId)
    expect(bodies.at(-1)).toMatchObject({
      type: 'view_submission',
      user: { id: 'U1', name: 'ada' },
      view: {
        id: viewId,
        state: {
          values: {
            size: { pick: { type: 'static_select', selected_option: { value: 'large' } } },
            count: { n: { type: 'number_input', value: '3' } },
          },
        },
      },
    })
    expect(slack.views('U1')).toEqual([])
  })

  it('is not sent while something is missing or wrong', async () => {
    const viewId = await open(select(false))
    const before = bodies.length
    expect(await ada.submit(viewId)).toMatchObject({ error: 'field_required' })
    expect(await ada.submit(viewId, { size: { pick: 'small' }, count: { n: 'many' } })).toMatchObject({ error: 'field_invalid' })
    expect(bodies).toHaveLength(before)
  })

  it('keeps what was filled in when it is updated', async () => {
    const viewId = await open(select(false))
    await ada.choose({ viewId, actionId: 'pick', value: 'large' })
    await client.views.update({ view_id: viewId, view: select(false) })
    expect((await ada.submit(viewId)).error).toBeUndefined()
  })

  it.each([
    ['update', { response_action: 'update', view: modal({ title: plain('Next') }) }, ['Next']],
    ['push', { response_action: 'push', view: modal({ title: plain('Next') }) }, ['Jail', 'Next']],
    ['clear', { response_action: 'clear' }, []],
  ])('is answered with %s', async (_name, response, titles) => {
    const viewId = await open(modal({ submit: plain('Go') }))
    answer = response
    expect((await ada.submit(viewId)).error).toBeUndefined()
    expect(slack.views('U1').map(({ view }) => view.title.text)).toEqual(titles)
  })

  it.each([
    ['no such action', { response_action: 'dance' }],
    ['a view that is too much', { response_action: 'update', view: modal({ title: plain('x'.repeat(25)) }) }],
  ])('answered with %s stays open', async (_name, response) => {
    const viewId = await open(modal({ submit: plain('Go') }))
    answer = response
    expect((await ada.submit(viewId)).error).toMatch(/^invalid_response/)
    expect(slack.views('U1')).toHaveLength(1)
  })

  it('asks for suggestions from three letters on, or as the select says', async () => {
    const external = (more: object) =>
      modal({
        submit: plain('Go'),
        blocks: [{ type: 'input', label: plain('Jail'), element: { type: 'external_select', action_id: 'jail', ...more } }],
      })
    answer = { options: [{ text: plain('web1'), value: 'web1' }] }
    const viewId = await open(external({}))
    expect(await ada.suggest({ viewId, actionId: 'jail', typed: 'we' })).toEqual({ options: [] })
    expect((await ada.suggest({ viewId, actionId: 'jail', typed: 'web' })).options).toHaveLength(1)
    expect(bodies.at(-1)).toMatchObject({ type: 'block_suggestion', value: 'web', action_id: 'jail', container: { view_id: viewId } })
    answer = { options: Array.from({ length: 101 }, (_, index) => ({ text: plain('x'), value: `${index}` })) }
    expect((await ada.suggest({ viewId, actionId: 'jail', typed: 'web' })).error).toMatch(/^invalid_response/)
  })
})
