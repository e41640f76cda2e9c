import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import adopt from '../../commands/jail/adopt.ts'
import destroy from '../../commands/jail/destroy.ts'
import exportJail from '../../commands/jail/export.ts'
import importJail from '../../commands/jail/import.ts'
import migrate from '../../commands/jail/migrate.ts'
import rename from '../../commands/jail/rename.ts'
import start from '../../commands/jail/start.ts'
import stop from '../../commands/jail/stop.ts'
import update from '../../commands/jail/update.ts'
import upgrade from '../../commands/jail/upgrade.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { createIocage, jls, say, traceOfIocage } from '../host/iocage-hands.ts'
import { type LabHands, labHands } from '../host/lab-hands.ts'

/* What iocage takes for another jail, and what it says that is not so: nobody else's jail is touched, and nothing stays half made. */

let hands: LabHands

beforeAll(async () => {
  hands = await labHands({ zfs: true, managers: ['iocage'] })
  await hands.lab.sh(
    'sysrc iocage_enable=YES; iocage create -n shop -r 15.1-RELEASE; iocage create -n small -r 15.1-RELEASE; iocage start shop',
  )
}, 60_000)

afterEach(() => setFaults(hands.lab.folder, []))
afterAll(() => hands?.stop())

const trace = () => traceOfIocage(hands)

async function userland(): Promise<string> {
  return (await hands.lab.sh('jexec ioc-old freebsd-version -u')).text.trim()
}

describe('a create', () => {
  it.each([
    ['create says 0 and makes nothing', { argumentsInclude: ['create'], exitCode: 0 }],
    ['create fails', { argumentsInclude: ['create'], exitCode: 1 }],
    ['create has done its work and says 1', { argumentsInclude: ['create'], exitCode: 1, thenRun: true }],
    ['start says 0 and starts nothing', { argumentsInclude: ['start'], exitCode: 0 }],
    ['start has done its work and says 1', { argumentsInclude: ['start'], exitCode: 1, thenRun: true }],
    ['stop says 0 and stops nothing on the way back', { argumentsInclude: ['stop'], exitCode: 0 }],
    ['stop fails on the way back', { argumentsInclude: ['stop'], exitCode: 1 }],
  ])(
    'is taken back without a trace, and without others, when %s',
    async (_, fault) => {
      const before = await trace()
      setFaults(hands.lab.folder, [
        { program: 'iocage', ...fault },
        { program: 'service', argumentsInclude: ['nginx', 'start'], exitCode: 1 },
      ])
      await expect(hands.carryOut(await createIocage(hands, 'sh'))).rejects.toThrow(expect.objectContaining({ code: 'step_failed' }))
      setFaults(hands.lab.folder, [])
      expect(await trace()).toEqual(before)
      expect(await jls(hands)).toContain('ioc-shop')
    },
    60_000,
  )

  it('leaves alone what somebody made under that name meanwhile', async () => {
    const steps = await createIocage(hands, 'sh')
    await hands.lab.sh('iocage create -n sh -r 15.1-RELEASE')
    const before = await trace()
    await expect(hands.carryOut(steps)).rejects.toThrow(/is there already/)
    expect(await trace()).toEqual(before)
    await hands.lab.sh('iocage destroy -f sh')
  }, 60_000)
})

describe('a name that is the beginning of others', () => {
  it('is never handed over once its jail is gone', async () => {
    await hands.carryOut(await createIocage(hands, 'sh'))
    const stopping = await hands.plan(stop, { jail: 'sh' })
    const renaming = await hands.plan(rename, { jail: 'sh', to: 'journal' })
    const destruction = await hands.plan(destroy, { jail: 'sh' })
    await hands.lab.sh('iocage destroy -f sh')
    const before = await trace()
    for (const { steps } of [stopping, renaming, destruction]) await expect(hands.carryOut(steps)).rejects.toThrow(/Nothing was done/)
    expect(await trace()).toEqual(before)
    expect(await jls(hands)).toContain('ioc-shop')
  }, 60_000)

  it('is one jail among others all the same', async () => {
    await hands.lab.sh(`sed -i '' /iocage.sh/d ${hands.lab.layout.marks}`)
    await say(hands, adopt, { jail: 'small' })
    await say(hands, adopt, { jail: 'shop' })
    await say(hands, start, { jail: 'small' })
    await say(hands, stop, { jail: 'small' })
    expect(await jls(hands)).toMatch(/ioc-shop/)
    await hands.carryOut(await createIocage(hands, 'sma'))
    await say(hands, destroy, { jail: 'sma' })
    expect((await hands.facts()).jails.map(({ name }) => name)).toEqual(['shop', 'small'])
  }, 60_000)
})

describe('a rename', () => {
  it('that was broken off in the middle is taken back', async () => {
    const { steps } = await hands.plan(rename, { jail: 'small', to: 'tiny' })
    const before = await trace()
    const [step] = steps.filter(({ action }) => action.kind === 'run' && action.argv[1] === 'rename')
    if (step === undefined) throw new Error('no rename')
    const half = [
      'zfs rename zroot/iocage/releases/15.1-RELEASE/root@small @tiny',
      'zfs rename -f zroot/iocage/jails/small zroot/iocage/jails/tiny',
    ]
    for (const count of [1, 2]) {
      for (const line of half.slice(0, count)) expect(await hands.lab.sh(line)).toEqual({ code: 0, text: '' })
      await hands.takeBack([{ step, before: '{"held":false}' }])
      expect(await trace()).toEqual(before)
    }
  }, 60_000)

  it.each([
    ['says 0 and does nothing', { exitCode: 0 }],
    ['has done its work and says 1', { exitCode: 1, thenRun: true, times: 1 }],
  ])('is taken back when iocage %s', async (_, fault) => {
    const { steps } = await hands.plan(rename, { jail: 'small', to: 'tiny' })
    const before = await trace()
    setFaults(hands.lab.folder, [{ program: 'iocage', argumentsInclude: ['rename'], ...fault }])
    await expect(hands.carryOut(steps)).rejects.toThrow(expect.objectContaining({ code: 'step_failed' }))
    expect(await trace()).toEqual(before)
  })
})

describe('the base of a jail', () => {
  it('is patched, and is fine with nothing to patch', async () => {
    await hands.lab.sh('iocage fetch -r 15.0-RELEASE --noeol')
    await hands.carryOut(await createIocage(hands, 'old', { release: '15.0-RELEASE', type: 'thick' }))
    const { steps } = await hands.plan(update, { jail: 'old' })
    await hands.takeBack(await hands.carryOut(steps))
    expect(await userland()).toBe('15.0-RELEASE')
    await hands.carryOut(steps)
    expect(await userland()).toMatch(/^15\.0-RELEASE-p\d+$/)
    await hands.carryOut((await hands.plan(update, { jail: 'old' }, 'rbbbbbbbbbbbbbbb')).steps)
  }, 120_000)

  it('is another release, or what it was where iocage only says so', async () => {
    const { steps } = await hands.plan(upgrade, { jail: 'old', release: '15.1-RELEASE' }, 'rccccccccccccccc')
    setFaults(hands.lab.folder, [{ program: 'iocage', argumentsInclude: ['upgrade'], exitCode: 0 }])
    await expect(hands.carryOut(steps)).rejects.toThrow(/is not 15\.1-RELEASE/)
    expect(await userland()).toMatch(/^15\.0-RELEASE-p\d+$/)
    setFaults(hands.lab.folder, [])
    await hands.takeBack(await hands.carryOut(steps))
    expect(await userland()).toMatch(/^15\.0-RELEASE-p\d+$/)
    await hands.carryOut(steps)
    expect(await userland()).toMatch(/^15\.1-RELEASE/)
    expect((await hands.facts()).ownJail('old')).toMatchObject({ release: '15.1-RELEASE', state: 'running' })
  }, 120_000)
})

describe('a jail that goes elsewhere', () => {
  it('comes back from an archive under another name', async () => {
    await hands.lab.sh('echo kept | jexec ioc-old tee /kept')
    await say(hands, stop, { jail: 'old' })
    await say(hands, exportJail, { jail: 'old' })
    const archive = (await hands.facts()).archives[0]?.name
    const { steps } = await hands.plan(importJail, { archive, as: 'new-one' })
    const before = await trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(await trace()).toEqual(before)
    await hands.carryOut(steps)
    expect((await hands.lab.sh('jexec ioc-new-one cat /kept')).text).toBe('kept\n')
  }, 120_000)

  it('may become one of jail.conf', async () => {
    const { steps } = await hands.plan(migrate, { jail: 'new-one', to: 'jail.conf' })
    const before = await trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(await trace()).toEqual(before)
    await hands.carryOut(steps)
    expect((await hands.facts()).ownJail('new-one')).toMatchObject({ manager: 'jail.conf', state: 'running' })
    expect((await hands.lab.sh('jexec new-one cat /kept')).text).toBe('kept\n')
  }, 120_000)
})

describe('what is no jail that could start', () => {
  it('is shown as what it is', async () => {
    const folder = hands.lab.layout.iocage.root
    await hands.lab.sh(
      'iocage create -n mould -r 15.1-RELEASE template=yes; iocage create -n shared -b -r 15.1-RELEASE ip4_addr="lo1|10.9.9.9/32"',
    )
    mkdirSync(join(folder, 'jails/half'))
    mkdirSync(join(folder, 'jails/odd'))
    writeFileSync(join(folder, 'jails/odd/config.json'), '{')
    const facts = await hands.facts()
    expect(facts.jail('mould')).toMatchObject({ state: 'stopped', properties: { type: 'template' }, startsAtBoot: false })
    expect(facts.jail('shared')).toMatchObject({ type: 'thin', mounts: [], addresses: ['10.9.9.9'], ours: false })
    expect(facts.jail('half')).toMatchObject({ state: 'broken', problem: expect.stringContaining('is missing') })
    expect(facts.jail('odd')).toMatchObject({ state: 'broken', problem: expect.stringContaining('no JSON') })
    expect(facts.addresses.taken).toContain('10.9.9.9')
  }, 60_000)
})
