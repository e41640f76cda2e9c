import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Step } from '../../src/core/step.ts'
import { bootOff, bootOn } from '../../src/host/jails/boot-list.ts'
import { withBootWord, withoutBootChange } from '../../src/worker/effects/boot-words.ts'

type Boot = ObservedFacts['boot']

/** rc.conf as sysrc changes it: undefined is unset. */
interface RcConf {
  list: string | undefined
  enable: string | undefined
}

function sysrc(rc: RcConf, argv: readonly string[]): RcConf {
  const [first = '', second = ''] = argv.slice(1)
  if (first === '-x') return second === 'jail_list' ? { ...rc, list: undefined } : { ...rc, enable: undefined }
  if (first === 'jail_enable=YES') return { ...rc, enable: 'YES' }
  const [, operator, value = ''] = /^jail_list(\+=|-=|=)(.*)$/.exec(first) ?? []
  if (operator === '=') return { ...rc, list: value }
  if (operator === '+=') return { ...rc, list: rc.list ? `${rc.list} ${value}` : value }
  if (operator === '-=')
    return {
      ...rc,
      list: (rc.list ?? '')
        .split(/\s+/)
        .filter((word) => word !== '' && word !== value)
        .join(' '),
    }
  throw new Error(`sysrc ${argv.join(' ')} is not known here`)
}

/** As rc.d/jail: an empty list is everybody, a list of blanks is nobody. */
function starting(rc: RcConf, configured: readonly string[]): string[] {
  if (rc.enable !== 'YES') return []
  return rc.list ? rc.list.split(/\s+/).filter((word) => word !== '') : [...configured]
}

function holds(rc: RcConf, probe: NonNullable<Step['done']>): boolean {
  if (probe.kind !== 'command') throw new Error(probe.kind)
  if (probe.argv.includes('-c')) return probe.exitCode === ((rc.list ?? '') === '' ? 0 : 1)
  const value = (probe.argv.includes('jail_enable') ? (rc.enable ?? 'NO') : rc.list) ?? ''
  const words = value.split(/\s+/)
  return (
    (probe.stdout === undefined || probe.stdout === value) &&
    (probe.word === undefined || words.includes(probe.word)) &&
    (probe.noWord === undefined || !words.includes(probe.noWord))
  )
}

function carryOut(rc: RcConf, steps: readonly Step[]): RcConf {
  return steps.reduce((now, { action, done }) => {
    if (action.kind === 'boot-word') return { ...now, list: withBootWord(now.list, action.name, action.on, action.whenEmpty) }
    if (action.kind !== 'run' || done === undefined) throw new Error('a boot step runs sysrc and can be probed')
    const after = sysrc(now, action.argv)
    expect(holds(after, done), action.argv.join(' ')).toBe(true)
    return after
  }, rc)
}

function takeBack(rc: RcConf, steps: readonly Step[], before: RcConf): RcConf {
  const word = steps.map(({ action }) => action).find((action) => action.kind === 'boot-word')
  const undos = steps.toReversed().flatMap((step) => step.undo ?? [])
  const listed = word === undefined ? rc : { ...rc, list: withoutBootChange(rc.list, before.list, word.name) }
  return undos.reduce((now, { action, unless }) => (unless !== undefined && holds(now, unless) ? now : sysrc(now, action.argv)), listed)
}

function factsOf(rc: RcConf, configured: string[]): Boot {
  const list = rc.list === undefined || rc.list === '' ? [] : rc.list.trim().split(/\s+/)
  return { list, configured, jailEnable: rc.enable === 'YES' }
}

const words = fc.uniqueArray(fc.constantFrom('mail', 'dns', 'blog', 'shop'), { maxLength: 4 })
const rcConf = fc.record({
  list: fc.oneof(
    fc.constantFrom(undefined, '', ' '),
    words.map((list) => list.join(' ')),
  ),
  enable: fc.constantFrom('YES', 'YES', 'YES', undefined),
})

test('on: blog starts, and nobody else’s boot changes; taken back, all is as before', () => {
  fc.assert(
    fc.property(rcConf, words, (rc, configured) => {
      const before = starting(rc, configured)
      let steps: Step[]
      try {
        steps = bootOn(factsOf(rc, configured), 'blog')
      } catch (error) {
        expect(error).toMatchObject({ code: 'host_not_ready' })
        expect(rc.enable).toBeUndefined()
        return
      }
      const after = carryOut(rc, steps)
      expect(new Set(starting(after, configured))).toEqual(new Set([...before, 'blog']))
      expect(starting(takeBack(after, steps, rc), configured)).toEqual(before)
    }),
  )
})

test('off: blog no longer starts, and nobody else’s boot changes; taken back, all is as before, in the same order', () => {
  fc.assert(
    fc.property(rcConf, words, (rc, configured) => {
      const before = starting(rc, configured)
      const steps = bootOff(factsOf(rc, configured), 'blog')
      const after = carryOut(rc, steps)
      expect(starting(after, configured)).toEqual(before.filter((name) => name !== 'blog'))
      expect(starting(takeBack(after, steps, rc), configured)).toEqual(before)
    }),
  )
})

test('two first jails that wait for approval do not void each other', () => {
  const first = bootOn({ list: [], configured: [], jailEnable: true }, 'shop')
  const afterBlog = bootOn({ list: ['blog'], configured: [], jailEnable: true }, 'shop')
  expect(afterBlog).toEqual(first)
})

test('an empty list with jails in jail.conf is written out before a name is added', () => {
  const [step] = bootOn({ list: [], configured: ['mail', 'dns'], jailEnable: true }, 'blog')
  expect(step?.action).toMatchObject({ argv: ['sysrc', 'jail_list=mail dns blog'] })
  expect(step?.undo).toMatchObject([{ action: { argv: ['sysrc', '-x', 'jail_list'] } }])
})

test('the last name never leaves an empty list behind while jail.conf has jails', () => {
  const [step] = bootOff({ list: ['blog'], configured: ['mail'], jailEnable: true }, 'blog')
  expect(step?.action).toEqual({ kind: 'boot-word', name: 'blog', on: false, whenEmpty: 'nobody' })
})

test('two jails that wait to be destroyed do not void each other', () => {
  const first = bootOff({ list: ['blog', 'shop'], configured: [], jailEnable: true }, 'shop')
  expect(bootOff({ list: ['shop'], configured: [], jailEnable: true }, 'shop')).toEqual(first)
})
