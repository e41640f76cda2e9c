import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCommand, definitionHash, problemOfCommand } from '../../src/core/command.ts'
import { nothingToDo } from '../../src/core/plan.ts'

const change = defineCommand({
  path: 'jail nap',
  summary: 'Let a jail rest',
  permission: 'jail.nap',
  risk: 'change',
  needs: ['jails'],
  args: z.object({ jail: z.string() }),
  plan: () => nothingToDo('it rests'),
})
const { plan: _work, ...withoutWork } = change.risk === 'change' ? change : { ...change, plan: undefined }
const answer = async () => ({ title: 'hello' })

describe('problemOfCommand', () => {
  it.each([
    ['a change', change],
    ['a read', { ...withoutWork, risk: 'read', query: () => ({ title: 'x' }) }],
    ['one of the bot', { ...withoutWork, risk: 'bot', path: 'help', answer }],
    ['three words', { ...change, path: 'jail snapshot create' }],
  ])('finds none in %s', (_, command) => {
    expect(problemOfCommand(command)).toBeUndefined()
  })

  it.each([
    ['nothing', undefined, ''],
    ['a function', () => change, ''],
    ['no path', { ...change, path: '' }, 'path'],
    ['four words', { ...change, path: 'a b c d' }, 'path'],
    ['capitals', { ...change, path: 'Jail nap' }, 'path'],
    ['a long summary', { ...change, summary: 'x'.repeat(101) }, 'summary'],
    ['no summary', { ...change, summary: '' }, 'summary'],
    ['a pattern as permission', { ...change, permission: 'jail.*' }, 'permission'],
    ['another risk', { ...change, risk: 'none' }, 'risk'],
    ['arguments that are no schema', { ...change, args: { jail: 'string' } }, 'args'],
    ['an argument that every command has', { ...change, args: z.object({ host: z.string() }) }, 'host, dryRun and until'],
    ['another one', { ...change, args: z.object({ until: z.string() }) }, 'host, dryRun and until'],
    ['a change without a plan', withoutWork, 'plan'],
    ['a read without a query', { ...change, risk: 'read' }, 'query'],
    ['a bot command without an answer', { ...change, risk: 'bot' }, 'answer'],
    ['facts that nobody observes', { ...change, needs: ['weather'] }, 'needs'],
    ['no word of facts', { ...change, needs: undefined }, 'needs'],
  ])('sees %s', (_, command, word) => {
    expect(problemOfCommand(command)).toContain(word)
  })
})

describe('definitionHash', () => {
  it('is the same for the same definition', () => {
    expect(definitionHash({ ...change })).toBe(definitionHash(change))
  })

  it('ignores what only informs', () => {
    expect(definitionHash({ ...change, summary: 'Another' })).toBe(definitionHash(change))
  })

  it.each([
    ['path', { ...change, path: 'jail rest' }],
    ['permission', { ...change, permission: 'jail.rest' }],
    ['arguments', { ...change, args: z.object({ jail: z.string().max(9) }) }],
    ['work', { ...change, plan: () => nothingToDo('another') }],
  ])('changes with the %s', (_, command) => {
    expect(definitionHash(command)).not.toBe(definitionHash(change))
  })
})
