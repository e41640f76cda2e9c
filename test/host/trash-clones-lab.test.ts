import { afterAll, beforeAll, expect, test } from 'vitest'
import clone from '../../commands/jail/clone.ts'
import create from '../../commands/jail/create.ts'
import destroy from '../../commands/jail/destroy.ts'
import purge from '../../commands/jail/purge.ts'
import restore from '../../commands/jail/restore.ts'
import type { Command } from '../../src/core/command.ts'
import { type LabHands, labHands } from './lab-hands.ts'

/* Jails that are clones of each other, of which some are in the trash. */

let hands: LabHands

beforeAll(async () => {
  hands = await labHands({ zfs: true })
  const { base, jailRoots } = hands.lab.layout
  await hands.lab.sh(`zfs create zroot/jails/base15 && cp -a ${base}/. ${jailRoots}/base15`)
  hands.lab.layout.base = `${jailRoots}/base15`
  await told(create, { jail: 'blog', nginx: false, boot: false, type: 'thin' }, 'raaaaaaaaaaaaaaa')
  await told(clone, { jail: 'blog', to: 'copy', start: false }, 'rbbbbbbbbbbbbbbb')
  await told(clone, { jail: 'copy', to: 'third', start: false }, 'rccccccccccccccc')
})

afterAll(async () => hands?.stop())

async function told(command: Command, args: Record<string, unknown>, request: string) {
  const plan = await hands.plan(command, args, request)
  await hands.carryOut(plan.steps)
  return plan
}

const datasets = async () => (await hands.lab.sh('zfs list -H -o name')).text

test('what others were cloned from stays; with its clones it goes, and they go first', async () => {
  await told(destroy, { jail: 'blog' }, 'rddddddddddddddd')
  await expect(hands.plan(purge, { jail: 'blog' })).rejects.toThrow('must stay: zroot/jails/copy was cloned from it')
  await told(destroy, { jail: 'third' }, 'reeeeeeeeeeeeeee')
  const first = await told(purge, { older: 0 }, 'rfffffffffffffff')
  expect(first.outcome[0]?.value).toBe('third (reeeeeeeeeeeeeee)')
  expect(first.remarks).toEqual(['blog (rddddddddddddddd) must stay: zroot/jails/copy was cloned from it.'])
  await told(destroy, { jail: 'copy' }, 'rggggggggggggggg')
  const both = await told(purge, { older: 0 }, 'rhhhhhhhhhhhhhhh')
  expect(both.outcome[0]?.value).toBe('copy (rggggggggggggggg), blog (rddddddddddddddd)')
  expect(await datasets()).not.toMatch(/blog|copy|third/)
})

test('a restore and a purge of one name do not run at the same time', async () => {
  await told(create, { jail: 'wiki', nginx: false, boot: false }, 'rjjjjjjjjjjjjjjj')
  await told(destroy, { jail: 'wiki' }, 'rkkkkkkkkkkkkkkk')
  const [back, gone] = await Promise.all([hands.plan(restore, { jail: 'wiki' }), hands.plan(purge, { jail: 'wiki' })])
  expect(back.resources.filter((one) => gone.resources.includes(one))).toEqual(['trash:wiki'])
})

test('a running jail that is copied file by file is stopped for that, on a dataset too', async () => {
  await told(create, { jail: 'thick', nginx: false, boot: false }, 'rmmmmmmmmmmmmmmm')
  const { remarks } = await told(clone, { jail: 'thick', to: 'again' }, 'rnnnnnnnnnnnnnnn')
  expect(remarks).toContain('thick is stopped while it is copied, and started again.')
  expect((await hands.lab.sh('jls name')).text).toMatch(/^again\n(.*\n)*thick\n|^thick\n(.*\n)*again\n/m)
})
