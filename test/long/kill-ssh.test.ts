import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configSchema } from '../../src/config/schema.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { until } from '../support/house.ts'
import { missingForSshd } from '../support/sshd.ts'
import { type SshHosts, startSshHosts } from '../support/ssh-hosts.ts'
import { killCampaign, nothingWrong, renderVerdict } from './kill-campaign.ts'

const kills = Number(process.env['JAILOPS_KILLS'] ?? 50)
const folder = mkdtempSync(join(tmpdir(), 'kill-ssh-'))
let hosts: SshHosts
let demo: Demo

beforeAll(async () => {
  if (missingForSshd() !== undefined) return
  hosts = await startSshHosts('web2')
  const file = join(folder, 'jailops.yaml')
  writeFileSync(file, hosts.yaml, { mode: 0o600 })
  demo = await startDemo({ args: ['--config', file] })
  const isHere = async () => (await demo.say('ana', 'jail list host:web2')).state === 'done'
  if (!(await until(isHere, 30))) throw new Error('web2 is not here')
}, 90_000)
afterAll(async () => {
  await demo?.stop()
  await hosts?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

it.skipIf(missingForSshd() !== undefined)(`over ssh survives ${kills} kills of worker, bot, Redis and connections`, async () => {
  const layout = configSchema.parse(parse(hosts.yaml)).hosts['web2']?.layout
  if (layout?.confineTo === undefined) throw new Error('no layout of web2')
  const { bindAddress, bindPort } = layout.haproxy
  const ground = {
    demo,
    host: 'web2',
    hostFolder: join(layout.confineTo, 'host'),
    journals: join(demo.stateDir, 'worker/hosts/web2/journal'),
    get: (site: string) => ask(`http://${bindAddress}:${bindPort}/`, site),
    cut: () => killOneOf(sshClientsOf(demo.pid('worker'))),
  }
  const verdict = await killCampaign(ground, kills)
  process.stdout.write(renderVerdict(verdict))
  expect(verdict.kills.ssh).toBeGreaterThan(0)
  expect(verdict).toMatchObject(nothingWrong)
})

function ask(url: string, site: string): Promise<{ status: number; body: string }> {
  const said = execFileSync('curl', ['-s', '--max-time', '5', '-w', '\\n%{http_code}', '-H', `Host: ${site}`, url], { encoding: 'utf8' })
  const [, body = '', status] = /^([\s\S]*)\n(\d+)$/.exec(said) ?? []
  return Promise.resolve({ status: Number(status), body })
}

/** The connection's own, and those of what goes on by it. */
function sshClientsOf(worker: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => parent === String(worker) && name === 'ssh')
    .map(([pid]) => Number(pid))
}

function killOneOf(pids: readonly number[]): boolean {
  const pid = pids[randomInt(Math.max(1, pids.length))]
  if (pid === undefined) return false
  process.kill(pid, 'SIGKILL')
  return true
}
