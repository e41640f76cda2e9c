import { expect, it } from 'vitest'
import { formFor } from '../../src/bot/forms.ts'
import { knownValues } from '../../src/bot/completion.ts'
import type { Said } from '../../src/chat/adapter.ts'
import jailCreate from '../../commands/jail/create.ts'
import jailRestart from '../../commands/jail/restart.ts'
import { commands } from './bench-commands.ts'
import { policy, web1, web2 } from './bot-bench.ts'

const words = (text: string): Said => ({ kind: 'text', text })

it('asks for what is missing, with what was given already', () => {
  const form = formFor(words('/jail create ip:10.0.0.5 nginx:no'), [jailCreate])
  expect(form?.command).toBe('jail create')
  expect(form?.fields.map(({ label, kind, required, value }) => [label, kind, required, value])).toEqual([
    ['jail', 'text', true, undefined],
    ['ip', 'text', false, '10.0.0.5'],
    ['boot', 'yes-no', false, undefined],
    ['nginx', 'yes-no', false, 'no'],
    ['template', 'text', false, undefined],
    ['packages', 'text', false, undefined],
    ['services', 'text', false, undefined],
    ['manager', 'choice', false, undefined],
    ['type', 'choice', false, undefined],
    ['release', 'text', false, undefined],
    ['vnet', 'yes-no', false, undefined],
    ['keep', 'yes-no', false, undefined],
    ['host', 'text', false, undefined],
    ['dry-run', 'yes-no', false, undefined],
    ['until', 'text', false, undefined],
  ])
})

it('asks for the jail where neither it nor a tag is given', () => {
  expect(formFor(words('jail restart'), [jailRestart])?.fields.map(({ label }) => label)).toContain('tag')
  expect(formFor(words('jail restart tag:web'), [jailRestart])).toBeUndefined()
})

it('asks nothing where nothing is missing, or where something else is wrong', () => {
  for (const text of ['jail create blog', 'jail create -rf', 'jail creat', 'jail create blog what:ever', '', '"'])
    expect([text, formFor(words(text), commands)]).toEqual([text, undefined])
  expect(formFor({ kind: 'press', press: { kind: 'cancel', request: 'r1' } }, commands)).toBeUndefined()
  expect(formFor({ kind: 'options', command: 'jail create', options: {} }, commands)?.command).toBe('jail create')
})

const known = {
  commands,
  policy,
  hosts: [web1, web2],
  now: 0,
  hearingSince: 0,
  waiting: () => [{ id: 'r1', line: 'jail create blog · Ana' }],
}
const actor = (id: string) => ({ platform: 'web', id, name: id, groups: [], kind: 'person' as const })
const values = (command: string, argument: string, typed: string, who = 'ana') =>
  knownValues({ command, argument, typed, actor: actor(who) }, known).map(({ value }) => value)

it('knows the names that an argument could be, for whoever may say the command', () => {
  expect(values('jail start', 'jail', 'S')).toEqual(['shop'])
  expect(values('jail start', 'jail', '')).toEqual(['blog', 'shop', 'wiki'])
  expect(values('jail start', 'host', '2')).toEqual(['web2'])
  expect(values('approve', 'request', '')).toEqual(['r1'])
  expect(values('jail start', 'jail', '', 'eve')).toEqual([])
  expect(values('no such', 'jail', '')).toEqual([])
})
