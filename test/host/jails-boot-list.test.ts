import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Step } from '../../src/core/step.ts'
import { bootOff, bootOn } from '../../src/host/jails/jail-conf/boot-list.ts'
import { withBootWord, withoutBootChange } from '../../src/worker/effects/boot-words.ts'
import { undoArgv } from '../support/undo-argv.ts'

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
  return undos.reduce((now, undo) => (undo.unless !== undefined && holds(now, undo.unless) ? now : sysrc(now, undoArgv(undo))), listed)
}

/** What jail.conf defines, of which the facts may not see all, and whether a jail that is made becomes part of it. */
interface JailConf {
  configured: string[]
  includesFolder: boolean
  /** Names of a jail.conf that jail(8) cannot read; absent while it can. */
  seen: string[] | undefined
}

function factsOf(rc: RcConf, { configured, includesFolder, seen }: JailConf): Boot {
  const list = rc.list === undefined || rc.list === '' ? [] : rc.list.trim().split(/\s+/)
  const known =
    seen === undefined ? { configured } : { configured: configured.filter((name) => seen.includes(name)), unreadable: 'half.conf' }
  return { list, jailEnable: rc.enable === 'YES', includesFolder, ...known }
}

/** The names of jail.conf once blog is there. */
function withBlog({ configured, includesFolder }: JailConf): string[] {
  return includesFolder ? [...new Set([...configured, 'blog'])] : configured
}

/** Absent when the host must be made ready first. */
function stepsOr(build: () => Step[], refused: (message: string) => void): Step[] | undefined {
  try {
    return build()
  } catch (error) {
    expect(error).toMatchObject({ code: 'host_not_ready' })
    refused(error instanceof Error ? error.message : '')
    return undefined
  }
}

const words = fc.uniqueArray(fc.constantFrom('mail', 'dns', 'blog', 'shop'), { maxLength: 4 })
const rcConf = fc.record({
  list: fc.oneof(
    fc.constantFrom(undefined, '', ' '),
    words.map((list) => list.join(' ')),
  ),
  enable: fc.constantFrom('YES', 'YES', 'YES', undefined),
})
const jailConf = fc.record({
  configured: words,
  includesFolder: fc.boolean(),
  seen: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: words }),
})

test('on: blog starts, and nobody else’s boot changes; taken back, all is as before', () => {
  fc.assert(
    fc.property(rcConf, jailConf, (rc, conf) => {
      const boot = factsOf(rc, conf)
      const steps = stepsOr(
        () => bootOn(boot, 'blog'),
        (message) => {
          if (message.includes('half.conf')) expect(boot.list).toEqual([])
          else expect(rc.enable).toBeUndefined()
        },
      )
      if (steps === undefined) return
      const before = starting(rc, conf.configured)
      const after = carryOut(rc, steps)
      expect(new Set(starting(after, withBlog(conf)))).toEqual(new Set([...before, 'blog']))
      expect(starting(takeBack(after, steps, rc), conf.configured)).toEqual(before)
    }),
    { numRuns: 1000 },
  )
})

test('off: blog does not start, and nobody else’s boot changes; taken back, all is as before, in the same order', () => {
  fc.assert(
    fc.property(rcConf, jailConf, (rc, conf) => {
      const boot = factsOf(rc, conf)
      const steps = stepsOr(
        () => bootOff(boot, 'blog'),
        (message) => {
          if (message.includes('half.conf')) expect(boot.list.filter((word) => word !== 'blog')).toEqual([])
          else expect(starting(rc, withBlog(conf))).toEqual([...conf.configured, 'blog'])
        },
      )
      if (steps === undefined) return
      const before = starting(rc, conf.configured)
      const after = carryOut(rc, steps)
      expect(starting(after, withBlog(conf))).toEqual(before.filter((name) => name !== 'blog'))
      expect(starting(takeBack(after, steps, rc), conf.configured)).toEqual(before)
    }),
    { numRuns: 1000 },
  )
})

function bootOf(changes: Partial<Boot>): Boot {
  return { list: [], configured: [], jailEnable: true, includesFolder: false, ...changes }
}

test('two first jails that wait for approval do not void each other', () => {
  const first = bootOn(bootOf({}), 'shop')
  const afterBlog = bootOn(bootOf({ list: ['blog'] }), 'shop')
  expect(afterBlog).toEqual(first)
})

test('an empty list with jails in jail.conf is written out before a name is added', () => {
  const [step] = bootOn(bootOf({ configured: ['mail', 'dns'] }), 'blog')
  expect(step?.action).toMatchObject({ argv: ['sysrc', 'jail_list=mail dns blog'] })
  expect(step?.undo).toMatchObject([{ action: { argv: ['sysrc', '-x', 'jail_list'] } }])
})

test('the last name never leaves an empty list behind while jail.conf has jails', () => {
  const [step] = bootOff(bootOf({ list: ['blog'], configured: ['mail'] }), 'blog')
  expect(step?.action).toEqual({ kind: 'boot-word', name: 'blog', on: false, whenEmpty: 'nobody' })
})

test('two jails that wait to be destroyed do not void each other', () => {
  const first = bootOff(bootOf({ list: ['blog', 'shop'] }), 'shop')
  expect(bootOff(bootOf({ list: ['shop'] }), 'shop')).toEqual(first)
})

test('two jails that wait do not void each other where jail.conf includes them', () => {
  const [first, second] = [[], ['blog']].map((configured) => bootOn(bootOf({ list: ['mail'], configured, includesFolder: true }), 'shop'))
  expect(second).toEqual(first)
  expect(bootOn(bootOf({ configured: ['blog'], includesFolder: true }), 'shop')).toEqual([])
})

const unreadable = 'jail: /etc/jail.conf.d/half.conf: unexpected EOF'
const mend = expect.objectContaining({
  code: 'host_not_ready',
  message: expect.stringMatching(/half\.conf: unexpected EOF\. Mend jail\.conf/),
})

test('names that are not all known are never written into the list', () => {
  const boot = bootOf({ configured: ['main'], unreadable })
  expect(() => bootOn(boot, 'blog')).toThrow(mend)
  expect(() => bootOn({ ...boot, jailEnable: false }, 'blog')).toThrow(mend)
  expect(() => bootOff(boot, 'main')).toThrow(mend)
  expect(() => bootOff({ ...boot, configured: [] }, 'blog')).toThrow(mend)
  expect(() => bootOff({ ...boot, list: ['blog'] }, 'blog')).toThrow(mend)
})

test('a list that holds others needs no names of jail.conf', () => {
  const boot = bootOf({ list: ['mail', 'blog'], unreadable })
  expect(bootOn(boot, 'shop')).toHaveLength(1)
  // others may take mail out before this runs
  expect(bootOff(boot, 'blog')).toMatchObject([{ action: { kind: 'boot-word', whenEmpty: 'nobody' } }])
})

test.each([
  [['mail', 'dns'], 'sysrc jail_list="mail dns"'],
  [[], 'sysrc jail_list=" "'],
])('a new jail that jail.conf will include does not stay off by itself, beside %j', (configured, advice) => {
  const boot = bootOf({ configured, includesFolder: true })
  expect(() => bootOff(boot, 'quiet')).toThrow(
    expect.objectContaining({ code: 'host_not_ready', message: expect.stringContaining(advice) }),
  )
  expect(bootOff({ ...boot, jailEnable: false }, 'quiet')).toEqual([])
  expect(bootOff({ ...boot, list: [''] }, 'quiet')).toEqual([])
})
