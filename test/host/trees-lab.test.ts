import { afterAll, beforeAll, expect, test } from 'vitest'
import create from '../../commands/jail/create.ts'
import destroy from '../../commands/jail/destroy.ts'
import exportJail from '../../commands/jail/export.ts'
import importJail from '../../commands/jail/import.ts'
import rename from '../../commands/jail/rename.ts'
import type { Command } from '../../src/core/command.ts'
import { type LabHands, labHands } from './lab-hands.ts'

/* A jail's root that is not all there. */

let hands: LabHands

beforeAll(async () => {
  hands = await labHands({ zfs: true, managers: ['ezjail'] })
})

afterAll(async () => hands?.stop())

async function told(command: Command, args: Record<string, unknown>, request: string) {
  const plan = await hands.plan(command, args, request)
  await hands.carryOut(plan.steps)
}

test('a dataset that is not mounted is not taken for an empty jail', async () => {
  await told(create, { jail: 'blog', nginx: false, boot: false }, 'raaaaaaaaaaaaaaa')
  await hands.lab.sh(`jail -f ${hands.lab.layout.jailConfFolder}/blog.conf -r blog && zfs unmount zroot/jails/blog`)
  const wanted: [Command, Record<string, unknown>][] = [
    [exportJail, { jail: 'blog' }],
    [destroy, { jail: 'blog' }],
    [rename, { jail: 'blog', to: 'journal' }],
  ]
  for (const [command, args] of wanted) await expect(hands.plan(command, args)).rejects.toThrow('On the host: zfs mount zroot/jails/blog')
})

test('an archive without its base makes no jail of jail.conf', async () => {
  await hands.lab.sh('ezjail-admin install')
  await told(create, { jail: 'thin', nginx: false, boot: false, manager: 'ezjail' }, 'rbbbbbbbbbbbbbbb')
  await told(exportJail, { jail: 'thin' }, 'rccccccccccccccc')
  const imported = told(
    importJail,
    { archive: 'thin-rccccccccccccccc', as: 'thick', manager: 'jail.conf', start: false },
    'rddddddddddddddd',
  )
  await expect(imported).rejects.toThrow('Import it with the manager that it came from')
  expect((await hands.facts()).datasets.map(({ name }) => name)).not.toContain('zroot/jails/thick')
  expect((await hands.lab.sh(`ls -A ${hands.lab.layout.jailRoots} ${hands.lab.layout.jailConfFolder}`)).text).not.toContain('thick')
})
