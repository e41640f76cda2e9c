import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'
import { listing, temporaryFolder } from '../support/house.ts'

/* Small file systems are mounted where the host writes. */

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo?.stop(), 60_000)

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('a full disk (as root on Linux)', () => {
  it('while a jail is copied: taken back, with a sentence, and the host as before', async () => {
    const jails = join(demo.hostFolder, 'usr/jails')
    const small = await startDemo()
    const mounted = join(small.hostFolder, 'usr/jails')
    // what lies there moves into a small file system: big enough for the base, not for two
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'none', mounted])
    try {
      execFileSync('cp', ['-a', `${jails}/.base`, mounted])
      const filler = join(mounted, 'filler')
      writeFileSync(filler, '')
      const before = listing(small.hostFolder)
      const refused = await small.sayApproved('ana', 'jail create blog')
      // 128 MB are asked for before anything is begun
      expect(refused.state).toMatch(/^(failed|refused)$/)
      expect(refused.text).toMatch(/MB are free/)
      expect(listing(small.hostFolder)).toEqual(before)
    } finally {
      execFileSync('umount', ['-l', mounted])
      await small.stop()
    }
  })

  it('where jail.conf.d lies: a whole old file or none, never half of one', async () => {
    const folder = join(demo.hostFolder, 'etc/jail.conf.d')
    const before = listing(demo.hostFolder)
    const kept = temporaryFolder()
    execFileSync('cp', ['-a', `${folder}/.`, kept])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=755', 'none', folder])
    try {
      execFileSync('cp', ['-a', `${kept}/.`, folder])
      fill(join(folder, 'filler'))
      const card = await demo.sayApproved('ana', 'jail create full nginx:no')
      expect(card).toMatchObject({ state: 'undone', reason: 'disk_full' })
      expect(card.text).toMatch(/full|room|space/i)
      rmSync(join(folder, 'filler'))
      expect(listing(demo.hostFolder)).toEqual(before)
    } finally {
      execFileSync('umount', ['-l', folder])
    }
    expect((await demo.sayApproved('ana', 'jail create full nginx:no')).state).toBe('done')
    await demo.sayApproved('ana', 'jail destroy full')
  })
})

function fill(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(4096))
  } catch {
    // full
  }
}
