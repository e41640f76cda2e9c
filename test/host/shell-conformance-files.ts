import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Bench } from './shell-conformance.ts'

const modeOf = (path: string) => statSync(path).mode & 0o7777

export function fileConformance(bench: () => Bench): void {
  const at = (...names: string[]) => join(bench().folder, ...names)

  describe('files', () => {
    test('are written whole, with their mode, and nothing is left beside them', async () => {
      const { shell, folder } = bench()
      await shell.writeFile(at('a.conf'), 'one\n', 0o600)
      expect(modeOf(at('a.conf'))).toBe(0o600)
      await shell.writeFile(at('a.conf'), 'zwei ü\n', 0o666)
      expect(await shell.readFile(at('a.conf'))).toBe('zwei ü\n')
      expect(modeOf(at('a.conf'))).toBe(0o666)
      expect(readdirSync(folder).toSorted()).toEqual(['a.conf', 'jails'])
    })

    test('a draft is read by nobody until it is placed; a later one takes its place, and it can be taken away', async () => {
      const { shell, folder } = bench()
      await shell.writeFile(at('a.conf'), 'old\n', 0o640)
      await shell.writeDraft(at('a.conf'), 'first\n', 0o600)
      await shell.writeDraft(at('a.conf'), 'second\n', 0o600)
      expect(await shell.readFile(at('a.conf'))).toBe('old\n')
      await shell.placeDraft(at('a.conf'))
      await shell.settle(at('a.conf'))
      expect(await shell.readFile(at('a.conf'))).toBe('second\n')
      expect(modeOf(at('a.conf'))).toBe(0o600)
      await shell.writeDraft(at('a.conf'), 'third\n', 0o600)
      await shell.removeDraft(at('a.conf'))
      await expect(shell.placeDraft(at('a.conf'))).rejects.toMatchObject({ code: 'step_failed' })
      expect(await shell.readFile(at('a.conf'))).toBe('second\n')
      expect(readdirSync(folder).toSorted()).toEqual(['a.conf', 'jails'])
    })

    test('a draft may be the file as it is, with more behind it, or that alone where there is none', async () => {
      const { shell } = bench()
      await shell.writeFile(at('a.map'), 'one ü\n', 0o640)
      await shell.writeDraft(at('a.map'), 'a former one', 0o600)
      await shell.writeDraft(at('a.map'), { append: 'two\n' }, 0o600)
      expect(await shell.readFile(at('a.map'))).toBe('one ü\n')
      await shell.placeDraft(at('a.map'))
      expect(await shell.readFile(at('a.map'))).toBe('one ü\ntwo\n')
      expect(modeOf(at('a.map'))).toBe(0o640)
      await shell.writeDraft(at('b.map'), { append: 'first\n' }, 0o644)
      await shell.placeDraft(at('b.map'))
      expect(await shell.readFile(at('b.map'))).toBe('first\n')
      expect(modeOf(at('b.map'))).toBe(0o644)
    })

    test('a draft is not placed over a folder, and not through a link', async () => {
      const { shell } = bench()
      await shell.writeDraft(at('jails'), 'a', 0o644)
      await expect(shell.placeDraft(at('jails'))).rejects.toMatchObject({ code: 'step_failed' })
      await shell.writeDraft(at('b'), 'a', 0o644)
      symlinkSync('jails', at('b'))
      await shell.placeDraft(at('b')).catch((error: unknown) => expect(error).toMatchObject({ code: 'unsafe_path' }))
      expect(readdirSync(at('jails'))).toEqual([])
    })

    test('that are not there read as undefined, list as empty and can be removed', async () => {
      const { shell } = bench()
      expect(await shell.readFile(at('none'))).toBeUndefined()
      expect(await shell.readFile(at('none', 'deeper'))).toBeUndefined()
      expect(await shell.list(at('none'))).toEqual([])
      expect(await shell.stat(at('none'))).toBeUndefined()
      await shell.removeFile(at('none'))
      await shell.removeFolder(at('none'))
    })

    test('refusals: NUL, no such folder, a folder in its place, too large', async () => {
      const { shell } = bench()
      await expect(shell.writeFile(at('a'), 'a\0b', 0o644)).rejects.toMatchObject({ code: 'step_failed' })
      await expect(shell.writeFile(at('none', 'a'), 'a', 0o644)).rejects.toMatchObject({ code: 'step_failed' })
      await expect(shell.writeFile(at('jails'), 'a', 0o644)).rejects.toMatchObject({ code: 'step_failed' })
      await expect(shell.readFile(at('jails'))).rejects.toMatchObject({ code: 'step_failed' })
      writeFileSync(at('large'), Buffer.alloc(8 * 1024 * 1024 + 1, 'x'))
      await expect(shell.readFile(at('large'))).rejects.toMatchObject({ code: 'output_too_long' })
      expect(readdirSync(bench().folder).toSorted()).toEqual(['jails', 'large'])
    })

    test('list is sorted; stat tells kinds and does not follow a link', async () => {
      const { shell } = bench()
      writeFileSync(at('b'), '12345')
      symlinkSync('b', at('a'))
      expect(await shell.list(bench().folder)).toEqual(['a', 'b', 'jails'])
      expect(await shell.stat(at('a'))).toMatchObject({ kind: 'link' })
      expect(await shell.stat(at('b'))).toMatchObject({ kind: 'file', size: 5 })
      expect(await shell.stat(at('jails'))).toMatchObject({ kind: 'folder' })
    })

    test('folders: made with their mode, fine when there, removed only when empty', async () => {
      const { shell } = bench()
      await shell.makeFolder(at('f'), 0o777)
      await shell.makeFolder(at('f'), 0o700)
      expect(modeOf(at('f'))).toBe(0o777)
      writeFileSync(at('f', 'x'), '')
      await expect(shell.removeFolder(at('f'))).rejects.toMatchObject({ code: 'step_failed' })
      await expect(shell.makeFolder(at('f', 'x'), 0o700)).rejects.toMatchObject({ code: 'step_failed' })
      await shell.removeFile(at('f', 'x'))
      await shell.removeFolder(at('f'))
      expect(await shell.stat(at('f'))).toBeUndefined()
    })

    test('free space of a path that is not there yet', async () => {
      expect(await bench().shell.freeMegabytes(at('none', 'none'))).toBeGreaterThan(0)
    })
  })

  describe('move', () => {
    test('renames files and folders', async () => {
      const { shell } = bench()
      mkdirSync(at('from', 'in'), { recursive: true })
      await shell.move(at('from'), at('to'))
      expect(readdirSync(at('to'))).toEqual(['in'])
      await expect(shell.move(at('from'), at('elsewhere'))).rejects.toMatchObject({ code: 'step_failed' })
    })

    test('never onto what exists, not even an empty folder', async () => {
      const { shell } = bench()
      mkdirSync(at('from'))
      mkdirSync(at('empty'))
      writeFileSync(at('file'), 'kept')
      symlinkSync('nowhere', at('link'))
      for (const target of ['empty', 'file']) {
        await expect(shell.move(at('from'), at(target))).rejects.toMatchObject({
          code: 'step_failed',
          message: expect.stringContaining('exists'),
        })
      }
      await expect(shell.move(at('from'), at('link'))).rejects.toMatchObject({ code: 'unsafe_path' })
      expect(readFileSync(at('file'), 'utf8')).toBe('kept')
    })

    test('across filesystems it is refused, and so is a full disk: nothing is left behind', async (context) => {
      const { shell } = bench()
      mkdirSync(at('small'))
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at('small')])
      if (mounted.status !== 0) return context.skip('no small filesystem can be mounted here')
      try {
        writeFileSync(at('file'), 'x')
        await expect(shell.move(at('file'), at('small', 'file'))).rejects.toMatchObject({
          code: 'other_filesystem',
          message: expect.stringContaining('the trash must be on the same filesystem'),
        })
        await shell.writeFile(at('small', 'a'), 'old', 0o644)
        await expect(shell.writeFile(at('small', 'a'), 'x'.repeat(200_000), 0o644)).rejects.toMatchObject({ code: 'disk_full' })
        expect(readdirSync(at('small'))).toEqual(['a'])
        expect(readFileSync(at('small', 'a'), 'utf8')).toBe('old')
      } finally {
        spawnSync('umount', [at('small')])
      }
    })
  })

  describe('symbolic links', () => {
    test('a last one is never written through, moved or removed', async () => {
      const { shell } = bench()
      writeFileSync(at('victim'), 'kept')
      symlinkSync(at('victim'), at('link'))
      await expect(shell.writeFile(at('link'), 'x', 0o644)).rejects.toMatchObject({ code: 'unsafe_path' })
      await expect(shell.removeFile(at('link'))).rejects.toMatchObject({ code: 'unsafe_path' })
      await expect(shell.move(at('link'), at('moved'))).rejects.toMatchObject({ code: 'unsafe_path' })
      expect(readFileSync(at('victim'), 'utf8')).toBe('kept')
    })

    test('below the jails none is followed, at any depth, for writing or reading', async () => {
      const { shell } = bench()
      mkdirSync(at('host'))
      writeFileSync(at('host', 'secret'), 'secret')
      mkdirSync(at('jails', 'blog'))
      symlinkSync(at('host'), at('jails', 'blog', 'etc'))
      symlinkSync(at('host', 'secret'), at('jails', 'blog', 'link'))
      const refused = { code: 'unsafe_path' }
      await expect(shell.writeFile(at('jails', 'blog', 'etc', 'new'), 'x', 0o644)).rejects.toMatchObject(refused)
      await expect(shell.makeFolder(at('jails', 'blog', 'etc', 'new'), 0o755)).rejects.toMatchObject(refused)
      await expect(shell.removeFile(at('jails', 'blog', 'etc', 'secret'))).rejects.toMatchObject(refused)
      await expect(shell.move(at('host'), at('jails', 'blog', 'etc', 'x'))).rejects.toMatchObject(refused)
      await expect(shell.readFile(at('jails', 'blog', 'etc', 'secret'))).rejects.toMatchObject(refused)
      await expect(shell.readFile(at('jails', 'blog', 'link'))).rejects.toMatchObject(refused)
      await expect(shell.list(at('jails', 'blog', 'etc'))).rejects.toMatchObject(refused)
      expect(readdirSync(at('host'))).toEqual(['secret'])
    })

    test('elsewhere a folder may be one, but not as a side door into the jails', async () => {
      const { shell } = bench()
      mkdirSync(at('real'))
      symlinkSync(at('real'), at('alias'))
      await shell.writeFile(at('alias', 'file'), 'x', 0o644)
      expect(readdirSync(at('real'))).toEqual(['file'])
      symlinkSync(at('jails'), at('door'))
      await expect(shell.writeFile(at('door', 'file'), 'x', 0o644)).rejects.toMatchObject({ code: 'unsafe_path' })
    })
  })

  describe('confinement', () => {
    test('nothing outside is changed, by whatever path', async () => {
      mkdirSync(at('lab'))
      mkdirSync(at('outside'))
      symlinkSync(at('outside'), at('lab', 'out'))
      const shell = await bench().make({ confineTo: at('lab'), jailRoots: at('lab', 'jails') })
      await shell.writeFile(at('lab', 'inside'), 'x', 0o644)
      const refused = { code: 'unsafe_path' }
      const badPaths = [
        at('outside', 'x'),
        at('labelled'),
        at('lab', 'out', 'x'),
        `${at('lab')}/../outside/x`,
        'relative',
        '/',
        at('lab', '..'),
      ]
      for (const path of badPaths) {
        await expect(shell.writeFile(path, 'x', 0o644)).rejects.toMatchObject(refused)
        await expect(shell.makeFolder(path, 0o755)).rejects.toMatchObject(refused)
        await expect(shell.removeFile(path)).rejects.toMatchObject(refused)
        await expect(shell.removeFolder(path)).rejects.toMatchObject(refused)
        await expect(shell.move(at('lab', 'inside'), path)).rejects.toMatchObject(refused)
        await expect(shell.move(path, at('lab', 'y'))).rejects.toMatchObject(refused)
      }
      expect(readdirSync(at('outside'))).toEqual([])
    })
  })
}
