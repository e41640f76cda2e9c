import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, linkSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runInShell } from '../../src/chat/shell/client.ts'
import { makeProofFolder, newNonce, ownerOfProof, proveOwner } from '../../src/chat/shell/proof.ts'
import { createShellAdapter } from '../../src/chat/shell/shell.ts'
import { cardOf } from './example-cards.ts'
import { fakeDoor } from './fake-door.ts'
import { temporaryFolder } from './folder.ts'

const isRoot = process.getuid?.() === 0

describe('a shell user is proved by a file', () => {
  let top: string
  let folder: string
  let nonce: string

  beforeEach(async () => {
    top = temporaryFolder()
    folder = join(top, 'proof')
    nonce = newNonce()
    await makeProofFolder(folder)
  })
  afterEach(() => rmSync(top, { recursive: true }))

  async function expectRefused(namedAt = Date.now()): Promise<void> {
    await expect(ownerOfProof(folder, nonce, namedAt)).rejects.toMatchObject({ code: 'identity_unproved' })
    expect(readdirSync(folder)).toEqual([])
  }

  test('the folder takes files of everybody and shows them to nobody', () => {
    expect(lstatSync(folder).mode & 0o7777).toBe(0o1733)
  })

  test('the owner of the file counts, once', async () => {
    await proveOwner(folder, nonce)
    expect(await ownerOfProof(folder, nonce, Date.now())).toBe(process.getuid?.())
    await expectRefused()
  })

  test('no file, no proof', () => expectRefused())

  test('a file that does not hold the nonce', async () => {
    writeFileSync(join(folder, nonce), newNonce())
    await expectRefused()
  })

  test('a file with another name somewhere', async () => {
    writeFileSync(join(top, 'theirs'), nonce)
    linkSync(join(top, 'theirs'), join(folder, nonce))
    await expectRefused()
  })

  test('a symlink', async () => {
    writeFileSync(join(top, 'theirs'), nonce)
    symlinkSync(join(top, 'theirs'), join(folder, nonce))
    await expectRefused()
  })

  test('a file that others may write', async () => {
    await proveOwner(folder, nonce)
    chmodSync(join(folder, nonce), 0o666)
    await expectRefused()
  })

  test('an old file, and one that was there before its name was given', async () => {
    await proveOwner(folder, nonce)
    utimesSync(join(folder, nonce), 1000, 1000)
    await expectRefused()
    await proveOwner(folder, nonce)
    await expectRefused(Date.now() + 60_000)
  })

  test('a folder or a fifo of that name hangs nobody', async () => {
    mkdirSync(join(folder, nonce))
    await expectRefused()
    spawnSync('mkfifo', [join(folder, nonce)])
    await expectRefused()
  })

  test('the bot puts its proofs into no folder of somebody else, and clears what a killed bot left', async () => {
    await proveOwner(folder, nonce)
    await makeProofFolder(folder)
    expect(readdirSync(folder)).toEqual([])
    symlinkSync(folder, join(top, 'link'))
    await expect(makeProofFolder(join(top, 'link'))).rejects.toMatchObject({ code: 'unsafe_path' })
  })

  test.skipIf(!isRoot)('the file of another user is that user, and never root (needs root)', async () => {
    await proveOwner(folder, nonce)
    chownSync(join(folder, nonce), 65_534, 65_534)
    expect(await ownerOfProof(folder, nonce, Date.now())).toBe(65_534)
    chownSync(folder, 65_534, 65_534)
    await expect(makeProofFolder(folder)).rejects.toMatchObject({ code: 'unsafe_path' })
  })

  test('jailops run speaks as the user it runs as, and cannot be told otherwise', async () => {
    const door = fakeDoor()
    const socketPath = join(top, 'shell.sock')
    const adapter = createShellAdapter({ socketPath, proofFolder: folder, groupsOf: ({ name }) => [`of-${name}`], now: Date.now })
    await adapter.start(door)
    door.cards.set('r1', cardOf('r1', { state: 'done' }))
    await runInShell({ socketPath, text: 'jail list', delivery: 'd1' })
    const { uid, username } = userInfo()
    expect(door.received[0]?.actor).toEqual({
      platform: 'shell',
      id: String(uid),
      name: username,
      groups: [`of-${username}`],
      kind: 'person',
    })
    await expect(runInShell({ socketPath, as: 'bo', text: 'jail list', delivery: 'd2' })).rejects.toMatchObject({
      code: 'identity_unproved',
    })
    expect(door.received).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([])
    expect(lstatSync(socketPath).mode & 0o777).toBe(0o666)
    await adapter.stop()
  })
})
