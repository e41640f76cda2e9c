import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { SshTarget } from '../../src/core/ssh-target.ts'
import { createSshShell } from '../../src/host/shell-ssh.ts'
import { startSshd } from '../../test/support/sshd.ts'
import { alternate, compare, type Row } from '../support/measured.ts'

/**
 * One command on a host, from the call until its exit code is here: ours with arguments, limits, both outputs and a frame around them.
 * Bare: `ssh host true` on a multiplexed connection of its own to the same sshd on loopback, started by execa.
 */
export const shellSsh: Row = {
  name: 'shell.ssh',
  about: 'the ssh shell runs `true` | `ssh host true` on a multiplexed connection',
  async measure() {
    await using begun = new AsyncDisposableStack()
    const sshd = begun.adopt(await startSshd('sh'), (it) => it.stop())
    const folder = begun.adopt(mkdtempSync(join(tmpdir(), 'jb-')), (it) => rmSync(it, { recursive: true, force: true }))
    const shell = begun.adopt(startShell(sshd.target(), folder), (it) => it.stop())
    await shell.whenConnected(AbortSignal.timeout(10_000))
    const ask = begun.adopt(await startBare(sshd.target(), join(folder, 'bare')), (it) => it.stop())

    const ours = () => timed(async () => (await shell.run({ argv: ['true'], timeoutSeconds: 10 })).exitCode)
    const bare = () => timed(ask.run)
    return compare(shellSsh.name, await alternate({ ours, bare }, { samples: 300, warmUp: 30 }))
  },
}

function startShell(target: SshTarget, controlFolder: string) {
  return createSshShell({
    target,
    controlFolder,
    owner: 'bench',
    onProblem: (what) => void process.stderr.write(`${what}\n`),
    programFolders: ['/bin', '/usr/bin'],
    jailRoots: '/nonexistent',
  })
}

async function startBare({ address, port, user, knownHosts, identity }: SshTarget, socket: string) {
  const words = ['-F', 'none', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${knownHosts}`, '-i', identity ?? '', '-p', String(port)]
  const host = `${user}@${address}`
  await execa('ssh', [...words, '-M', '-S', socket, '-f', '-N', host], { stdio: 'ignore' })
  return {
    run: async () => (await execa('ssh', [...words, '-S', socket, host, 'true'])).exitCode,
    async stop() {
      await execa('ssh', [...words, '-S', socket, '-O', 'exit', host])
    },
  }
}

async function timed(work: () => Promise<number | undefined>): Promise<number> {
  const began = performance.now()
  const exitCode = await work()
  if (exitCode !== 0) throw new Error(`it ended with ${exitCode}`)
  return performance.now() - began
}
