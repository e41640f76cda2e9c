import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFiles } from '../../src/host/facts/read-files.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'

let folder: string
let shell: Shell
let started: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-files-'))
  started = []
  const local = createLocalShell({ programFolders: ['/usr/bin', '/bin'], jailRoots: folder })
  shell = {
    ...local,
    run: (command) => {
      started.push(command.argv[0] ?? '')
      return local.run(command)
    },
  }
})

afterEach(async () => {
  await shell.stop()
  rmSync(folder, { recursive: true, force: true })
})

function put(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

async function expectExact(paths: readonly string[]): Promise<Map<string, string>> {
  const texts = await readFiles(shell, paths)
  const alone = await Promise.all(paths.map(async (path): Promise<[string, string | undefined]> => [path, await shell.readFile(path)]))
  expect(texts).toEqual(new Map(alone.filter(([, text]) => text !== undefined)))
  return texts
}

test('hundreds of files are a few processes, and each is what it is to its last byte', async () => {
  const paths = Array.from({ length: 300 }, (_, index) => put(`site-${index}.conf`, `# ${index}\nsite-${index} {\n}\n`))
  await expectExact(paths)
  expect(started).toEqual(['grep', 'grep', 'grep'])
})

test('what is no plain text file is read as by itself', async () => {
  const odd = [
    put('no-newline.conf', 'a {}'),
    put('empty.conf', ''),
    put('blank-lines.conf', '\n\n\n'),
    put('windows.conf', 'a {\r\n}\r\n'),
    put('zero.conf', 'a\0b\0'),
    put('not-utf8.conf', Buffer.from([0x61, 0xff, 0xfe, 0x0a])),
    put('like-grep.conf', `${join(folder, 'empty.conf')}:not of that file\n`),
    put('with:colon.conf', 'x'),
    put('with blank.conf', 'y\n'),
    put('ünicode.conf', 'ü\n'),
    join(folder, 'missing.conf'),
  ]
  await expectExact([...odd, put('plain.conf', 'z\n')])
})

test('files that are longer together than an answer is kept are asked for in parts', async () => {
  const paths = Array.from({ length: 40 }, (_, index) => put(`long-${index}.conf`, `${'x'.repeat(9_000)}${index}\n`))
  await expectExact(paths)
  await expectExact([put('huge.conf', 'h'.repeat(300_000)), ...paths.slice(0, 4)])
})

test('a few are not worth a process', async () => {
  await expectExact([put('a', '1'), put('b', '2')])
  expect(started).toEqual([])
})

test('without grep the host cannot be observed, which is not an empty host', async () => {
  const paths = ['a', 'b', 'c', 'd'].map((name) => put(name, name))
  const bare = createLocalShell({ programFolders: [folder], jailRoots: folder })
  await expect(readFiles(bare, paths)).rejects.toThrow(expect.objectContaining({ code: 'host_not_ready' }))
})
