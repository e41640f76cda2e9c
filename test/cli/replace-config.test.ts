import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
