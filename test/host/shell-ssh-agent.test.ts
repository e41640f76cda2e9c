import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { agentText, remoteCommand, sentAgent } from '../../src/host/ssh/agent.ts'
import { encodeLine } from '../../src/host/ssh/encode.ts'
import { type AgentBench, agentBench, frame, line } from './ssh/agent-bench.ts'

let bench: AgentBench
beforeEach(() => void (bench = agentBench()))
afterEach(() => bench.remove())

const at = (...names: string[]) => bench.at(...names)
const agent: AgentBench['agent'] = (...words) => bench.agent(...words)

test('every request that is cut short has no effect at all, wherever it is cut', async () => {
  const whole = `${line('write', 11, at('file'), '0644')}hello world`
  for (let length = 0; length < whole.length; length += 5) {
    expect(await agent(whole.slice(0, length))).toBe('')
    expect(existsSync(at('file'))).toBe(false)
  }
  expect(await agent(whole.slice(0, -1))).toBe('')
  expect(existsSync(at('file'))).toBe(false)
  expect(readdirSync(at('own', 'spool'))).toEqual([])
  expect(await agent(whole)).toBe(`${frame} ok\n`)
  expect(readFileSync(at('file'), 'utf8')).toBe('hello world')
})

test('an agent that arrived only in part is no program', async () => {
  const text = agentText({ folder: at('own'), programFolders: ['/bin'], jailRoots: at('jails') })
  for (const part of [0.1, 0.5, 0.9, 0.999]) {
    const child = spawn('/bin/sh', ['-c', 'eval "$0"', text.slice(0, Math.floor(text.length * part))], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stdin.on('error', () => undefined).end(line('write', 0, at('file'), '0644'))
    await once(child, 'close')
    expect(output).toBe('')
  }
  expect(existsSync(at('file'))).toBe(false)
})

/** What a user's login shell may be, of those that are here. */
const loginShells = ['/bin/sh', '/bin/csh', '/bin/bsd-csh', '/bin/tcsh', '/bin/bash', '/bin/zsh', '/bin/ksh'].filter(existsSync)

test.each(loginShells)('%s as login shell starts it', async (shell) => {
  const program = sentAgent({ folder: at('own'), programFolders: ['/bin', '/usr/bin'], jailRoots: at('jails') })
  const child = spawn(shell, ['-c', remoteCommand('none')], { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stdin.end(`${Buffer.byteLength(program)}\n${program}${line('write', 5, at('file'), '0640')}a\nb\0c`)
  await once(child, 'close')

  expect(output).toMatch(new RegExp(String.raw`^\*jailops-agent\* \S+ \d+ \w+\n${frame} ok\n$`))
  expect([readFileSync(at('file'), 'utf8'), statSync(at('file')).mode & 0o777]).toEqual(['a\nb\0c', 0o640])
})

test('does nothing for a connection that has lost the lock', async () => {
  writeFileSync(at('own', 'lock'), 'tests 1 1 e2 never\n')
  expect(await agent(`${line('write', 1, at('file'), '0644')}x`)).toBe(`${frame} fenced\n`)
  expect(existsSync(at('file'))).toBe(false)
  rmSync(at('own', 'lock'))
  expect(await agent(line('mkdir', 0, at('made'), '0755'))).toBe(`${frame} fenced\n`)
  expect(existsSync(at('made'))).toBe(false)
})

test('speaks with nobody of another version', async () => {
  expect(await agent(encodeLine(['0', 'list', frame, 'e1', '0', bench.folder]))).toBe(`${frame} version\n`)
})

test('starts only the allowed programs', async () => {
  const rules = { allowedPrograms: ['/bin/echo', '/usr/bin/echo'] }
  expect(await agent(line('run', 0, '', 'sh', '-c', 'echo no'), rules)).toBe(`${frame} forbidden\n`)
  expect(await agent(line('run', 0, '', `/bin/../bin/echo`), rules)).toBe(`${frame} forbidden\n`)
  expect(await agent(line('run', 0, '', 'echo'), { allowedPrograms: [] })).toBe(`${frame} forbidden\n`)
})

test('changes only what is in the writable roots, by name and in truth', async () => {
  mkdirSync(at('open'))
  mkdirSync(at('closed'))
  symlinkSync(at('closed'), at('open', 'door'))
  const rules = { writableRoots: [at('open'), at('jails')] }
  const write = async (path: string) => agent(line('write', 0, path, '0600'), rules)
  expect(await write(at('open', 'a'))).toBe(`${frame} ok\n`)
  expect(await write(at('jails', 'a'))).toBe(`${frame} ok\n`)
  for (const path of [at('closed', 'a'), at('open', 'door', 'a'), at('opened'), `${at('open')}/../closed/a`]) {
    expect(await write(path)).toMatch(/(closed|form)\n$/)
  }
  expect(await agent(line('run', 0, at('closed', 'group'), 'true'), rules)).toContain(' closed\n')
  expect(await agent(line('claim', 0, at('closed', 'group')), rules)).toContain(' closed\n')
  expect(readdirSync(at('closed'))).toEqual([])
})

test('of a folder whose name ends in a star only the files that are named so are changed', async () => {
  mkdirSync(at('closed'))
  mkdirSync(at('closed', 'fstab.d'))
  symlinkSync(at('closed'), at('door'))
  const rules = { writableRoots: [at('closed', 'fstab.*')] }
  const write = async (path: string) => agent(line('write', 0, path, '0600'), rules)
  expect(await write(at('closed', 'fstab.blog'))).toBe(`${frame} ok\n`)
  for (const path of [
    at('closed', 'fstab.'),
    at('closed', 'fstab'),
    at('closed', 'fstab.d', 'a'),
    at('door', 'fstab.blog'),
    at('closed'),
  ]) {
    expect(await write(path)).toMatch(/(closed|failed)\n$/)
  }
  expect(readdirSync(at('closed')).toSorted()).toEqual(['fstab.blog', 'fstab.d'])
})

test.each(['own', '1', '0', '-1', 'x'])('never signals the group "%s"', async (group) => {
  expect(await agent(line('signal', 0, 'KILL', group))).toBe(`${frame} usage\n`)
})

test('a folder with a quote in it is a folder; one with a line break or a colon is refused', () => {
  const rules = { folder: "/a'b $(x)", programFolders: ['/bin'], jailRoots: '/jails' }
  expect(agentText(rules)).toContain(String.raw`folder='/a'\''b $(x)'`)
  expect(() => agentText({ ...rules, folder: '/a\nb' })).toThrow('line break')
  expect(() => agentText({ ...rules, programFolders: ['/a:b'] })).toThrow('colon')
})
