import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mainFile } from './house.ts'

/** What `jailops dev ssh-hosts` prints; it runs until it is stopped. */
export interface SshHosts {
  process: ChildProcess
  yaml: string
  stop(): Promise<void>
}

export async function startSshHosts(...names: string[]): Promise<SshHosts> {
  const child = spawn(process.execPath, [mainFile, 'dev', 'ssh-hosts', ...names], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = await once(child.stdout.setEncoding('utf8'), 'data')
  return {
    process: child,
    yaml: String(text),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
