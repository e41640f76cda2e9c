import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '../../src/core/command.ts'
import type { NewJail } from '../../src/core/jail.ts'
import type { Step } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import type { LabHands } from './lab-hands.ts'

/** All that jails of iocage consist of, and what is said of them elsewhere; what iocage itself writes down at every start is left out. */
export async function traceOfIocage({ lab, facts }: LabHands): Promise<unknown> {
  const { jails, snapshots, datasets } = await facts()
  return {
    jails: jails.map(({ jid: _jid, properties: { last_started: _started, ...properties }, ...jail }) => ({ ...jail, properties })),
    snapshots: snapshots.map(({ dataset, name, clones }) => ({ dataset, name, clones })),
    // where destroyed jails lie is made once
    datasets: datasets.filter(({ name }) => !name.endsWith('/jailops-trash')),
    marks: read(lab.layout.marks),
    // a list that was taken back is empty, as one that was never set
    rcConf: read(join(lab.hostFolder, 'etc/rc.conf')).replace('jail_list=""\n', ''),
  }
}

export async function createIocage(hands: LabHands, name: string, more: Partial<NewJail> = {}): Promise<Step[]> {
  const facts = await hands.facts()
  const drivers = createDrivers(facts)
  const jail = {
    name,
    manager: 'iocage',
    address: drivers.chooseAddress(),
    startsAtBoot: true,
    type: 'thin',
    vnet: false,
    ...more,
  } as const
  return [
    ...drivers.jails.create(jail, 'rabcdefghjkmnpqr'),
    ...drivers.site.install(drivers.jails.expected(jail), jail.address),
    ...drivers.jails.boot(jail, jail.startsAtBoot),
  ]
}

/** What a command plans is carried out. */
export async function say(hands: LabHands, command: Command, args: Record<string, unknown>): Promise<void> {
  await hands.carryOut((await hands.plan(command, args)).steps)
}

/** As jls itself says it. */
export async function jls({ lab }: LabHands): Promise<string> {
  return (await lab.sh('jls -N')).text
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
