import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AgentRules, agentText, protocolVersion } from '../../../src/host/ssh/agent.ts'
import { encodeLine } from '../../../src/host/ssh/encode.ts'

export const frame = '0123456789abcdef0123456789abcdef'

/** A folder with an agent's own folder `own` (its lock held as e1) and `jails` in it. */
export interface AgentBench {
  folder: string
  at(...names: string[]): string
  /** A kept agent: a file that sh runs, with a stdin that is all that ever comes. `also` is sh that it reads last. @returns what it said behind its hello */
  agent(input: string, rules?: Partial<AgentRules>, also?: string): Promise<string>
  remove(): void
}

export function agentBench(): AgentBench {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-agent-'))
  const at = (...names: string[]) => join(folder, ...names)
  mkdirSync(at('own', 'spool'), { recursive: true })
  mkdirSync(at('jails'))
  writeFileSync(at('own', 'lock'), 'tests 1 1 e1 never\n')
  return {
    folder,
    at,
    agent: async (input, rules = {}, also = '') => {
      const text = agentText({ folder: at('own'), programFolders: ['/bin', '/usr/bin'], jailRoots: at('jails'), ...rules })
      writeFileSync(at('agent'), `#!/bin/sh\n${text.replace('\nserve\n', `\n${also}\nserve\n`)}`)
      const child = spawn('/bin/sh', [at('agent')], { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
      await once(child, 'close')
      return output.replace(/^\*jailops-agent\* .*\n/, '')
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function line(operation: string, length: number, ...words: string[]): string {
  return encodeLine([protocolVersion, operation, frame, 'e1', String(length), ...words])
}
