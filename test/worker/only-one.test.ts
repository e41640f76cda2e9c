import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { claimHost } from '../../src/worker/only-one.ts'

let claim = ''
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-claim-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  claim = join(folder, 'claim')
})

/** Another process that has the claim; it lives until it is killed. */
async function otherProcess() {
  const module = new URL('../../src/worker/only-one.ts', import.meta.url).href
  const program = `import { claimHost } from ${JSON.stringify(module)}
    await claimHost(${JSON.stringify(claim)})
    process.stdout.write('claimed')
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

it('refuses a second while the first lives, with a sentence that names it', async () => {
  const first = await otherProcess()

  await expect(claimHost(claim)).rejects.toMatchObject({ code: 'config_error', message: expect.stringContaining(String(first.pid)) })
})

it('is taken over after the first has died', async () => {
  const first = await otherProcess()
  first.kill('SIGKILL')
  await once(first, 'exit')

  const release = await claimHost(claim)

  expect(readFileSync(claim, 'utf8')).toMatch(new RegExp(`^${process.pid} `))
  await release()
  expect(existsSync(claim)).toBe(false)
})

it.each([
  ['an empty claim', ''],
  ['no process id', 'hello'],
  ['a process id that somebody else has by now', '1 never-born-then'],
  ['a process that never was', '4194303 12345'],
])('is taken over from %s', async (_, left) => {
  writeFileSync(claim, left)

  await (
    await claimHost(claim)
  )()

  expect(existsSync(claim)).toBe(false)
})
