import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { requestA, temporaryFolder, temporaryJournals } from './worker-bench.ts'

const openFolder = (folder: string) => temporaryJournals(folder, () => 7)
const entriesFile = (folder: string) => join(folder, requestA, 'entries.jsonl')

describe('a journal', () => {
  it('has on disk what it says it has, in order, even when all is written at once', async () => {
    const folder = temporaryFolder()
    const journal = await (await openFolder(folder)).open(requestA)

    const numbers = await Promise.all([1, 2, 3].map((number) => journal.append({ kind: 'sent', number })))

    expect(numbers).toEqual([1, 2, 3])
    const lines = readFileSync(entriesFile(folder), 'utf8').split('\n')
    expect(lines).toEqual([1, 2, 3].map((number) => JSON.stringify({ kind: 'sent', at: 7, number })).concat(''))
  })

  it('is the same when it is opened again, and the same object while it is open', async () => {
    const folder = temporaryFolder()
    const journals = await openFolder(folder)
    const journal = await journals.open(requestA)
    await journal.append({ kind: 'begun' })

    expect(await journals.open(requestA)).toBe(journal)
    const again = await (await openFolder(folder)).open(requestA)
    expect(again.entries).toEqual(journal.entries)
    expect([again.last('begun'), again.all('end')]).toEqual([{ kind: 'begun', at: 7 }, []])
  })

  it.each(['{"kind":"sent","at":7,"num', '{"kind":"end","at":7,"state":"done","sentence":"sch\u00f6', '\0\0\0'])(
    'drops a last line that a crash cut short: %j',
    async (torn) => {
      const folder = temporaryFolder()
      await (await (await openFolder(folder)).open(requestA)).append({ kind: 'begun' })
      appendFileSync(entriesFile(folder), Buffer.from(torn).subarray(0, -1))

      const journal = await (await openFolder(folder)).open(requestA)
      await journal.append({ kind: 'sent', number: 1 })

      expect(journal.entries.map(({ kind }) => kind)).toEqual(['begun', 'sent'])
      expect((await (await openFolder(folder)).open(requestA)).entries).toEqual(journal.entries)
    },
  )

  it('goes on after it was let rest', async () => {
    const folder = temporaryFolder()
    const journals = await openFolder(folder)
    const journal = await journals.open(requestA)
    await journal.append({ kind: 'begun' })
    await journals.rest(requestA)

    const again = await journals.open(requestA)
    await again.append({ kind: 'sent', number: 1 })

    expect((await (await openFolder(folder)).open(requestA)).entries).toHaveLength(2)
  })

  it('that cannot be read stays as it is, and is not taken for an empty one', async () => {
    const folder = temporaryFolder()
    const journals = await openFolder(folder)
    await (await journals.open(requestA)).append({ kind: 'begun' })
    writeFileSync(entriesFile(folder), 'no JSON\n')

    await expect((await openFolder(folder)).open(requestA)).rejects.toThrow()

    expect(readFileSync(entriesFile(folder), 'utf8')).toBe('no JSON\n')
  })

  it('keeps nothing of what is appended in one go where that cannot be written, and goes on when it can', async () => {
    const folder = temporaryFolder()
    const journal = await (await openFolder(folder)).open(requestA)
    mkdirSync(entriesFile(folder))

    const together = await Promise.allSettled([1, 2].map((number) => journal.append({ kind: 'sent', number })))
    rmdirSync(entriesFile(folder))

    expect([together.map(({ status }) => status), journal.entries]).toEqual([['rejected', 'rejected'], []])
    expect(await journal.append({ kind: 'sent', number: 3 })).toBe(1)
  })

  it('refuses what is no entry, and goes on', async () => {
    const journal = await (await openFolder(temporaryFolder())).open(requestA)

    await expect(journal.append({ kind: 'sent', number: 0.5 })).rejects.toThrow()
    expect(await journal.append({ kind: 'sent', number: 1 })).toBe(1)
  })
})

describe('a folder of journals', () => {
  it.each(['..', '.', '', '.room', '../raaaaaaaaaaaaaaa', 'raaaaaaaaaaaaaaa/', 'RAAAAAAAAAAAAAAA'])('refuses the name %j', async (name) => {
    const journals = await openFolder(temporaryFolder())

    await expect(journals.open(name)).rejects.toThrow()
    expect(await journals.exists(name)).toBe(false)
    await expect(journals.remove(name)).rejects.toThrow()
  })

  it('lists what it holds and forgets what is removed', async () => {
    const folder = temporaryFolder()
    const journals = await openFolder(folder)
    await (await journals.open(requestA)).append({ kind: 'begun' })
    writeFileSync(join(folder, 'notes.txt'), '')
    expect([await journals.requests(), await journals.exists(requestA)]).toEqual([[requestA], true])

    await journals.remove(requestA)

    expect([await journals.requests(), await journals.exists(requestA)]).toEqual([[], false])
  })
})

const canMount = process.getuid?.() === 0 && process.platform === 'linux' && mountTiny(temporaryName()) !== undefined

function temporaryName(): string {
  return execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
}

/** A filesystem of two megabytes, or nothing where mounting is not allowed. It goes with the test (or at once, when only tried). */
function mountTiny(folder: string, end: (release: () => void) => void = (release) => release()): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  end(() => {
    execFileSync('umount', [folder], { stdio: 'ignore' })
    rmdirSync(folder)
  })
  return folder
}

describe.runIf(canMount)('a full disk (needs root and tmpfs)', () => {
  it('takes the kept room once, then says that it is full, and goes on when there is space again', async () => {
    const folder = mountTiny(temporaryName(), onTestFinished) ?? ''
    const journals = await openFolder(folder)
    const journal = await journals.open(requestA)
    expect(statSync(join(folder, '.room')).size).toBe(1024 * 1024)
    await journal.append({ kind: 'begun' })
    fill(join(folder, 'filler'))
    const long = 'x'.repeat(40_000)

    const whileRoom = await journal.append({ kind: 'turn', step: 0, reason: 'x', sentence: long })
    expect([whileRoom, existsSync(join(folder, '.room'))]).toEqual([2, false])
    fill(join(folder, 'filler2'))
    await expect(journal.append({ kind: 'turn', step: 0, reason: 'x', sentence: long })).rejects.toMatchObject({ code: 'disk_full' })
    expect(journal.entries).toHaveLength(2)
    execFileSync('rm', [join(folder, 'filler')])

    expect(await journal.append({ kind: 'sent', number: 1 })).toBe(3)
    expect((await (await openFolder(folder)).open(requestA)).entries.map(({ kind }) => kind)).toEqual(['begun', 'turn', 'sent'])
    await journal.close()
  })
})

function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(4096, 1))
  } catch {
    // that is what was wanted
  }
}
