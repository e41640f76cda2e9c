import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parsePublicLine } from '../../src/queue/key-line.ts'
import { createKeys, loadKeys } from '../../src/queue/keys.ts'
import { addTrusted, loadTrusted } from '../../src/queue/trusted.ts'
import { makeFolder } from './setup.ts'

describe('keys', () => {
  test('are made once, for the owner only, and never overwritten', async () => {
    const folder = join(makeFolder(), 'keys')
    const [first, second] = await Promise.all([createKeys(folder, 'web1'), createKeys(folder, 'web1')])
    const third = await createKeys(folder, 'web1')
    expect(new Set([first.line, second.line, third.line]).size).toBe(1)
    expect(statSync(join(folder, 'web1.key')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(folder, 'web1.pub'), 'utf8')).toBe(`${first.line}\n`)
    expect((await loadKeys(folder, 'web1')).line).toBe(first.line)
  })

  test('that others can read, that are missing or are none are refused with what to do', async () => {
    const folder = makeFolder()
    await createKeys(folder, 'bot')
    chmodSync(join(folder, 'bot.key'), 0o640)
    await expect(loadKeys(folder, 'bot')).rejects.toMatchObject({ code: 'config_error', message: expect.stringContaining('chmod 600') })
    await expect(loadKeys(folder, 'other')).rejects.toMatchObject({ code: 'config_error' })
    writeFileSync(join(folder, 'bad.key'), 'hello', { mode: 0o600 })
    await expect(loadKeys(folder, 'bad')).rejects.toMatchObject({ code: 'config_error' })
    const another = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(join(folder, 'ec.key'), another, { mode: 0o600 })
    await expect(loadKeys(folder, 'ec')).rejects.toMatchObject({ code: 'config_error', message: expect.stringContaining('no Ed25519 key') })
    await expect(createKeys(folder, '../evil')).rejects.toMatchObject({ code: 'config_error' })
  })

  test('travel as one line', async () => {
    const { line, text } = await createKeys(makeFolder(), 'web1')
    expect(line).toMatch(/^jailops-key web1 [\w-]{43}$/)
    expect(parsePublicLine(`  ${line}\r\n`)).toMatchObject({ name: 'web1', text })
    for (const wrong of [
      '',
      'web1 x',
      `${line} more`,
      line.slice(0, -1),
      line.replace('web1', 'We b'),
      `jailops-key web1 ${text}=`,
      `x${line}`,
    ]) {
      expect(() => parsePublicLine(wrong)).toThrow(expect.objectContaining({ code: 'config_error' }))
    }
  })
})

describe('trusted keys', () => {
  test('are lines that people bring, each name once', async () => {
    const [here, there] = [makeFolder(), makeFolder()]
    expect((await loadTrusted(here)).size).toBe(0)
    const web1 = await createKeys(there, 'web1')
    await addTrusted(here, web1.line)
    await addTrusted(here, web1.line)
    expect([...(await loadTrusted(here)).keys()]).toEqual(['web1'])
    expect(readFileSync(join(here, 'trusted'), 'utf8')).toBe(`${web1.line}\n`)
    const another = await createKeys(makeFolder(), 'web1')
    await expect(addTrusted(here, another.line)).rejects.toMatchObject({ code: 'config_error' })
    chmodSync(join(here, 'trusted'), 0o666)
    await expect(loadTrusted(here)).rejects.toMatchObject({ code: 'config_error', message: expect.stringContaining('chmod go-w') })
  })

  test('a list with comments is read, with a wrong line refused', async () => {
    const folder = makeFolder()
    const { line } = await createKeys(folder, 'web1')
    writeFileSync(join(folder, 'trusted'), `# from Ada, by phone\n\n${line}\n`)
    expect((await loadTrusted(folder)).size).toBe(1)
    writeFileSync(join(folder, 'trusted'), `${line}\nwhat\n`)
    await expect(loadTrusted(folder)).rejects.toMatchObject({ code: 'config_error' })
  })
})
