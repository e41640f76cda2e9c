import type { Card } from '../../src/core/card.ts'

export function cardOf(request: string, rest: Partial<Card> = {}): Card {
  return { request, state: 'running', title: `Card of ${request}`, fields: [], steps: [], buttons: [], files: [], footer: '', ...rest }
}

/** Asked for and waiting for a word, with two steps. */
export function waitingCard(rest: Partial<Card> = {}): Card {
  const press = { request: 'r1', digest: 'd'.repeat(64) }
  return cardOf('r1', {
    state: 'waiting',
    title: 'Create the jail blog',
    steps: [
      { title: 'Unpack', detail: 'tar -xpf base.txz', state: 'pending' },
      { title: 'Start', detail: 'service jail onestart blog', state: 'pending' },
    ],
    buttons: [
      { label: 'Approve', style: 'primary', press: { kind: 'approve', ...press } },
      { label: 'Deny', style: 'danger', press: { kind: 'deny', ...press } },
    ],
    ...rest,
  })
}

const hostile = [
  '<img src=x onerror=alert(1)>',
  '<!channel> <@U012AB> @everyone <@&1234>',
  '\u001b[2J\u001b]0;owned\u0007',
  'safe\u202Egnp.exe',
  '[click](javascript:alert(1)) `tick` ```fence``` *bold*',
].join(' ')

/** What people may write, in every place where a card may hold it. */
export function hostileCard(request: string): Card {
  return cardOf(request, {
    title: hostile,
    text: `${hostile}\n${hostile}`,
    fields: [{ name: hostile, value: hostile }],
    table: { columns: [hostile], rows: [[hostile]] },
    steps: [{ title: hostile, detail: hostile, state: 'running' }],
    files: [{ name: hostile, text: hostile }],
    footer: `${hostile} end-of-card`,
  })
}

/** Beyond what one message of any platform can hold; the whole is in its file. */
export function longPlanCard(request: string): Card {
  const steps = Array.from({ length: 120 }, (_, index) => ({
    title: `Step number ${index} of many`,
    detail: `/usr/bin/env -i program --number ${index} ${'x'.repeat(index)}`,
    state: 'pending' as const,
  }))
  const whole = `${steps.map(({ detail }) => detail).join('\n')}\n`
  return cardOf(request, { state: 'waiting', steps, files: [{ name: 'plan.txt', text: whole }] })
}
