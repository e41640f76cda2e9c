import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createAll } from '../../src/cli/keys.ts'
import { prepareProxy } from '../../src/cli/prepare-proxy.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { startPrivateRedis } from '../../src/queue/private-redis.ts'
import { jailops, mainFile } from './house.ts'
import { type Sshd, startSshd } from './sshd.ts'

/** A lab behind a real sshd, a jailops.yaml that does not know it yet, and a Redis: what a team has before its first host over ssh. */
export interface SshHouse {
  folder: string
  config: string
  lab: Lab
  sshd: Sshd
  /** `jailops host add web1`, and where the lab is, which a real host need not be told. */
  addHost(...more: string[]): Promise<void>
  /** `jailops worker` or `jailops bot`, until it is ready. */
  start(...args: string[]): Promise<ChildProcess>
  stopChild(child: ChildProcess, signal?: NodeJS.Signals): Promise<void>
  run(...words: string[]): Promise<z.infer<typeof saidSchema>>
  curl(host: string): string
  stop(): Promise<void>
}

const saidSchema = z.object({
  state: z.string(),
  reason: z.string().nullable(),
  card: z.looseObject({
    text: z.string().default(''),
    table: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) }).optional(),
  }),
})

export async function startSshHouse(
  loginShell: 'sh' | 'tcsh',
  { keptAgent }: { keptAgent?: (lab: Lab) => string } = {},
): Promise<SshHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'ssh-house-'))
  const config = join(folder, 'jailops.yaml')
  const children: ChildProcess[] = []
  const redis = await startPrivateRedis({ folder: join(folder, 'redis') })
  const lab = await startLab({ folder: join(folder, 'lab') })
  await prepareProxy(lab.layout)
  mkdirSync(join(lab.layout.confineTo ?? '', 'var/db'), { recursive: true })
  const agent = join(folder, 'jailops-agent')
  if (keptAgent !== undefined) writeFileSync(agent, keptAgent(lab), { mode: 0o755 })
  const sshd = await startSshd(loginShell, keptAgent === undefined ? {} : { keptAgent: agent })
  await createAll({ folder: join(folder, 'keys'), bot: 'bot', host: 'elsewhere' })
  const policy = `  roles: { all: { permissions: ['*'], members: ['shell:user:${process.getuid?.() ?? 0}'] } }`
  const lines = [`redis: { url: ${redis.socketPath} }`, `keys: ${folder}/keys/bot`, `state: ${folder}/state`, '# what the bot may use']
  lines.push('hosts:', '  elsewhere: # not ours', 'policy:', policy, '  approvals: []', '')
  writeFileSync(config, lines.join('\n'), { mode: 0o600 })

  return {
    folder,
    config,
    lab,
    sshd,
    stopChild,
    async addHost(...more) {
      const { address, port, user, knownHosts, identity = '' } = sshd.target()
      const words = ['--address', address, '--port', String(port), '--user', user, '--known-hosts', knownHosts, '--identity', identity]
      const { code, stderr } = await jailops(['host', 'add', 'web1', ...words, ...more, '--config', config])
      if (code !== 0) throw new Error(stderr)
      const place = `      folder: ${folderOnHost(lab)}\n    layout: ${JSON.stringify(lab.layout)}\n`
      writeFileSync(config, readFileSync(config, 'utf8').replace(/( {6}identity: .*\n(?: {6}become: .*\n)?)/, `$1${place}`))
    },
    start(...args) {
      const child = spawn(process.execPath, [mainFile, ...args, '--config', config], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
      children.push(child)
      let said = ''
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      return new Promise((resolve, reject) => {
        child.on('message', () => resolve(child))
        child.on('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`)))
      })
    },
    async run(...words) {
      const { stdout, stderr } = await jailops(['run', '--config', config, '--json', ...words])
      if (stdout === '') throw new Error(stderr)
      return saidSchema.parse(JSON.parse(stdout))
    },
    curl(host) {
      const { bindAddress, bindPort } = lab.layout.haproxy
      return execFileSync('curl', ['-s', '-H', `Host: ${host}`, `http://${bindAddress}:${bindPort}/`], { encoding: 'utf8' })
    },
    async stop() {
      await Promise.all(children.map((child) => stopChild(child)))
      await sshd.stop()
      await lab.stop()
      await redis.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** jailops's own folder on the host; below what the lab's shell may write to. */
export function folderOnHost({ layout }: Lab): string {
  return join(layout.confineTo ?? '', 'var/db/jailops')
}

function stopChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit')
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}
