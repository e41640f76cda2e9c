import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Connection } from '../../../src/host/ssh/connection.ts'
import type { Sink } from '../../../src/host/ssh/frames.ts'
import { sshGroups } from '../../../src/host/ssh/groups.ts'

/** A connection whose agent answers every request with the same words. */
function answering(payload: string, words: string): { connection: Connection; drops(): number } {
  const sinks: { stdout?: Sink; stderr?: Sink } = {}
  let drops = 0
  const input = new PassThrough()
  input.on('data', (header: Buffer) => {
    const frame = header.toString().split(' ')[2]?.slice(1)
    sinks.stdout?.(Buffer.from(`${payload}${frame} ${words}\n`))
    sinks.stderr?.(Buffer.from(`${frame}\n`))
  })
  const session = {
    hello: Promise.resolve({ edition: '', group: 1, system: 'FreeBSD' }),
    ended: new Promise<number>(() => undefined),
    hasEnded: () => false,
    input,
    listen: (stdout: Sink, stderr: Sink) => void Object.assign(sinks, { stdout, stderr }),
    complaint: () => '',
    kill: () => undefined,
  }
  const connection: Connection = {
    epoch: 'e1',
    system: 'FreeBSD',
    sessions: { take: async () => session, giveBack: () => undefined, close: () => undefined },
    isLost: () => false,
    lost: new Promise(() => undefined),
    drop: () => void (drops += 1),
    close: async () => undefined,
  }
  return { connection, drops: () => drops }
}

const refusals = { rules: { jailRoots: '/jails' }, programFolders: [], address: 'web2' }

test('a group file tells when it was written', async () => {
  const { connection } = answering('12\n', 'ok 100600 3 1700000000 0 0 1')
  expect(await sshGroups(connection, refusals).files.read('/group')).toEqual({ text: '12\n', modifiedAt: 1_700_000_000_000 })
})

test('a stat that says something else is not taken for a time', async () => {
  const { connection } = answering('12\n', 'ok 100600 3')
  await expect(sshGroups(connection, refusals).files.read('/group')).rejects.toMatchObject({ code: 'state_unknown' })
})

test.each(['fenced', 'version'])('an agent that says %s ends the connection: only a new one is of use', async (word) => {
  const { connection, drops } = answering('', word)
  await expect(sshGroups(connection, refusals).files.claim('/group')).rejects.toMatchObject({ code: 'connection_lost' })
  expect(drops()).toBe(1)
})
