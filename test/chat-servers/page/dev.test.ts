import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { expect, onTestFinished, test, vi } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'

const file = fileURLToPath(new URL('../../../src/cli/dev.ts', import.meta.url))

/** Runs one of the two as the command line would, in a process of its own. */
function start(command: 'devSlackServer' | 'devDiscordServer', options: object) {
  const script = `import { ${command} } from ${JSON.stringify(file)}
    await ${command}(${JSON.stringify(options)}).catch((error) => { process.stderr.write(error.code + ': ' + error.message); process.exitCode = 2 })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (text) => (said.out += text))
  child.stderr.on('data', (text) => (said.err += text))
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, said, ended }
}

test.each([
  ['devSlackServer', 'slack', ['slack:user:U0EVE'], 'slack:group:S0OPS'],
  ['devDiscordServer', 'discord', ['discord:user:900000000000000013'], 'discord:group:900000000000000021'],
] as const)('%s prints a page and settings that jailops.yaml takes, and ends when told', async (command, platform, eve, group) => {
  const { child, said, ended } = start(command, { port: '0' })
  await vi.waitFor(() => expect(said.out).toContain('approvals:'), 10_000)

  const config = configSchema.parse({ ...parse(said.out), hosts: { web1: null } })
  expect(config.bot[platform]?.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api/)
  expect(config.policy.people['eve']).toEqual(eve)
  expect(config.policy.roles['operator']?.members).toContain(group)

  const page = /http:\/\/127\.0\.0\.1:\d+/.exec(said.out)?.[0] ?? ''
  const people = (await (await fetch(`${page}/api/people`)).json()) as { name: string }[]
  expect(people.map(({ name }) => name.toLowerCase())).toEqual(['ana', 'bo', 'eve'])

  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  await expect(fetch(page)).rejects.toThrow()
  expect(said.err).toBe('')
})

test('a port that is none, or taken, is said so', async () => {
  const first = start('devSlackServer', { port: '0' })
  await vi.waitFor(() => expect(first.said.out).toContain('approvals:'), 10_000)
  const taken = /apiUrl: '?http:\/\/127\.0\.0\.1:(\d+)/.exec(first.said.out)?.[1]
  for (const [port, sentence] of [
    ['many', 'usage: many is no port'],
    [taken, `usage: Port ${taken} of 127.0.0.1 cannot be had`],
  ]) {
    const { said, ended } = start('devSlackServer', { port })
    expect(await ended).toEqual([2, null])
    expect(said.err).toContain(sentence)
  }
})
