import { describe, expect, it } from 'vitest'
import { digestOf, nothingToDo, plan, planSchema, planText } from '../../src/core/plan.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'

const subject = { host: 'web1', command: 'jail create', args: { jail: 'blog' } }
const steps: Step[] = [
  { title: 'Write the file', action: { kind: 'write', path: '/etc/x.conf', content: 'a\nb\n', mode: 0o644 } },
  {
    title: 'Start',
    action: { kind: 'run', argv: ['service', 'jail', 'start', 'blog'], timeoutSeconds: 60 },
    undo: [{ action: { kind: 'run', argv: ['service', 'jail', 'stop', 'blog'], timeoutSeconds: 60 } }],
  },
  { title: 'Tell', action: { kind: 'run', argv: ['logger'], stdin: 'one\ntwo', timeoutSeconds: 5 }, final: 'what is logged stays' },
]
const options = {
  resources: ['jail:blog', 'address:10.0.0.5'],
  reserves: ['jail:blog', 'address:10.0.0.5'],
  outcome: [{ name: 'address', value: '10.0.0.5' }],
  remarks: ['3 sessions are open'],
}
const base = plan(steps, options)

describe('plan', () => {
  it('is sorted, without repetitions, and fits its schema', () => {
    const made = plan(steps, { ...options, resources: ['b', 'a', 'b'], reserves: ['z', 'y', 'z'] })
    expect(made).toMatchObject({ resources: ['a', 'b'], reserves: ['y', 'z'] })
    expect(planSchema.parse(made)).toEqual(made)
  })

  it('can have nothing to do', () => {
    expect(nothingToDo('blog is running already')).toEqual({
      steps: [],
      resources: [],
      reserves: [],
      outcome: [],
      remarks: ['blog is running already'],
    })
  })
})

describe('digestOf', () => {
  it.each([
    ['remarks', subject, plan(steps, { ...options, remarks: ['none is open'] })],
    ['the order of resources', subject, plan(steps, { ...options, resources: options.resources.toReversed() })],
    ['a resource named twice', subject, plan(steps, { ...options, resources: [...options.resources, 'jail:blog'] })],
    ['the order of keys', { args: { jail: 'blog' }, command: 'jail create', host: 'web1' }, base],
    ['a way through JSON', subject, planSchema.parse(JSON.parse(JSON.stringify(base)))],
  ])('does not change with %s', (_, asked, changed) => {
    expect(digestOf(asked, changed)).toBe(digestOf(subject, base))
  })

  it.each([
    ['the host', { ...subject, host: 'web2' }, base],
    ['the command', { ...subject, command: 'jail start' }, base],
    ['the arguments', { ...subject, args: { jail: 'blog', startsAtBoot: false } }, base],
    ['the order of steps', subject, plan(steps.toReversed(), options)],
    [
      'a file’s content',
      subject,
      plan([{ title: 'Write the file', action: { kind: 'write', path: '/etc/x.conf', content: 'b', mode: 0o644 } }], options),
    ],
    [
      'an undo',
      subject,
      plan(
        steps.map(({ undo: _dropped, ...step }) => step),
        options,
      ),
    ],
    ['the outcome', subject, plan(steps, { ...options, outcome: [{ name: 'address', value: '10.0.0.6' }] })],
    ['what it reserves', subject, plan(steps, { ...options, reserves: [] })],
    ['what it touches', subject, plan(steps, { ...options, resources: [...options.resources, 'haproxy'] })],
  ])('changes with %s', (_, asked, changed) => {
    expect(digestOf(asked, changed)).not.toBe(digestOf(subject, base))
  })
})

describe('planText', () => {
  it('holds everything, contents and undo included', () => {
    expect(planText(subject, base, 'abc')).toBe(`jail create on web1
digest abc
touches address:10.0.0.5, jail:blog
3 sessions are open

1. Write the file
   write /etc/x.conf (4 bytes, mode 644)
   | a
   | b
   | 
2. Start
   service jail start blog
   undo: service jail stop blog
3. Tell
   logger  (stdin: 7 bytes)
   | one
   | two
   no undo: what is logged stays
`)
  })
})

const write = (path: string) => ({ title: 'x', action: { kind: 'write', path, content: '', mode: 0o600 } })

describe('stepSchema', () => {
  it('takes steps as they are', () => {
    expect(steps.map((step) => stepSchema.parse(step))).toEqual(steps)
  })

  it.each([
    ['a relative path', write('etc/passwd')],
    ['a way up', write('/usr/jails/../../etc/passwd')],
    ['a path with a space', write('/usr/my jails')],
    ['a path with a quote', write('/usr/a"b')],
    ['a path with a line break', write('/usr/a\nb')],
    ['an empty argv', { title: 'x', action: { kind: 'run', argv: [], timeoutSeconds: 1 } }],
    ['no time limit', { title: 'x', action: { kind: 'run', argv: ['true'] } }],
    ['a shell', { title: 'x', action: { kind: 'run', argv: ['true'], timeoutSeconds: 1, shell: true } }],
    ['an unknown action', { title: 'x', action: { kind: 'eval', code: '1' } }],
  ])('refuses %s', (_, step) => {
    expect(stepSchema.safeParse(step).success).toBe(false)
  })
})
