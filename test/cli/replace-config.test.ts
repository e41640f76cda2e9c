import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { replaceConfig, requireReplaceable } from '../../src/cli/replace-config.ts'

let folder = ''
let file = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-replace-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  file = join(folder, 'jailops.yaml')
  writeFileSync(file, 'a')
})

const content = () => Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

it('replaces what it was read as', async () => {
  await requireReplaceable(file)
  expect(await replaceConfig(file, { before: 'a', after: 'b' })).toBe(true)
  expect(content()).toEqual({ 'jailops.yaml': 'b' })
})

it('leaves what says something else by now', async () => {
  expect(await replaceConfig(file, { before: 'older', after: 'b' })).toBe(false)
  expect(content()).toEqual({ 'jailops.yaml': 'a' })
})

it('leaves what another one is about to replace, and their draft', async () => {
  writeFileSync(`${file}.new`, 'theirs')
  await requireReplaceable(file)
  expect(await replaceConfig(file, { before: 'a', after: 'b' })).toBe(false)
  expect(content()).toEqual({ 'jailops.yaml': 'a', 'jailops.yaml.new': 'theirs' })
})

it('says what the system said, and leaves no draft, where it cannot', async () => {
  mkdirSync(join(folder, 'd'))
  await expect(replaceConfig(join(folder, 'd'), { before: 'a', after: 'b' })).rejects.toMatchObject({
    code: 'config_error',
    message: expect.stringMatching(/\/d cannot be replaced \(EISDIR\)\. Nothing in it was changed\./),
  })
  expect(readdirSync(folder).toSorted()).toEqual(['d', 'jailops.yaml'])
})

const refused = (code: string): unknown =>
  expect.stringMatching(`^config_error: .*/jailops\\.yaml cannot be replaced \\(${code}\\), because it is mounted as a file of its own`)
const module = new URL('../../src/cli/replace-config.ts', import.meta.url).href
/** Tries both in turn and prints how they end. */
const both = `
const { replaceConfig, requireReplaceable } = await import(${JSON.stringify(module)})
const file = process.argv[1]
for (const attempt of [() => requireReplaceable(file), () => replaceConfig(file, { before: 'a', after: 'b' })])
  console.log(await attempt().then(() => 'done', ({ code, message }) => code + ': ' + message))
`

/** As docker compose does it. */
it.for([
  ['the same filesystem', 'mount --bind "$1" "$1"'],
  ['another one', 'mkdir "$1.fs" && mount -t tmpfs none "$1.fs" && cp "$1" "$1.fs/x" && mount --bind "$1.fs/x" "$1"'],
])('a file that is mounted by itself from %s is refused up front, and where it should be replaced', ([, mount], { skip }) => {
  if (spawnSync('unshare', ['-rm', 'true']).status !== 0) skip('nothing can be mounted here')

  const script = `${mount} && exec "$2" --input-type=module -e "$3" "$1"`
  const { stdout } = spawnSync('unshare', ['-rm', 'sh', '-c', script, 'sh', file, process.execPath, both], { encoding: 'utf8' })

  expect(stdout.trim().split('\n')).toEqual([refused('EXDEV'), refused('EBUSY')])
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
})
