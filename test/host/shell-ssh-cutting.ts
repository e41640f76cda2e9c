import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SshShell } from '../../src/host/shell-ssh.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { missingForSshd, type Sshd, startSshd } from '../support/sshd.ts'
import { makeSshShell } from './shell-makers.ts'

const lanes = 4
const seed = Number(process.env['JAILOPS_TEST_SEED'] ?? 1)

/** A campaign: so many times a connection is cut at any byte of what goes through it, while files are written and commands run. */
export function cutCampaign(cutsWanted: number): void {
  describe.skipIf(missingForSshd() !== undefined)('a connection that is cut at any byte', () => {
    let sshd: Sshd | undefined
    beforeAll(async () => {
      sshd = await startSshd('tcsh')
    })
    afterAll(() => sshd?.stop())

    test(
      'leaves each file old or new, each command run whole or not at all, and nothing behind',
      { timeout: 30_000 + cutsWanted * 5000 },
      async () => {
        if (sshd === undefined) throw new Error('no sshd')
        const server = sshd
        const lane = (number: number) => runLane(server, cutsWanted / lanes, random(seed * 100 + number))
        const counts = await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
        const sum = (name: 'cuts' | 'lost' | 'fine' | 'late') => counts.reduce((total, count) => total + count[name], 0)
        process.stdout.write(
          `${sum('cuts')} cuts, ${sum('lost')} operations lost (${sum('late')} of them done all the same), ${sum('fine')} fine, seed ${seed}\n`,
        )
        expect(sum('cuts')).toBeGreaterThanOrEqual(cutsWanted)
        expect(sum('lost')).toBeGreaterThan(cutsWanted / 8) // half of the cuts hit an operation
        await vi.waitFor(() => expect(processesOf(server)).toEqual([]), { interval: 200 })
      },
    )
  })
}

async function runLane(sshd: Sshd, cutsWanted: number, next: () => number) {
  const proxy = await startCuttingProxy(sshd.port, () => {
    const isInHandshake = next() < 0.03
    const direction = next() < 0.7 ? 'up' : 'down'
    return { direction, bytes: Math.floor(isInHandshake ? next() * 4000 : 4000 + next() * (direction === 'up' ? 90_000 : 12_000)) }
  })
  const folder = mkdtempSync(join(sshd.folder, 'lane-'))
  mkdirSync(join(folder, 'jails'))
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${proxy.port} ${readFileSync(join(sshd.folder, 'host.pub'), 'utf8')}`)
  const target = sshd.target({ port: proxy.port, knownHosts })
  const problems: string[] = []
  const options = { programFolders: ['/bin', '/usr/bin'], jailRoots: join(folder, 'jails'), patienceMilliseconds: 20_000 }
  const shell = await makeSshShell(target, { ...options, onProblem: (what) => problems.push(what) })
  const counts = { cuts: 0, lost: 0, fine: 0, late: 0 }
  const file = join(folder, 'file')
  let text = ''
  for (let turn = 0; proxy.cuts() < cutsWanted; turn += 1) {
    const wanted = `${turn} ${'x'.repeat(Math.floor(next() * 20_000))} end\n`
    // nothing that was given up on happens later
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(text)
    const change = next() < 0.5 ? writeIt : runIt
    const outcome = await change(shell, folder, file, wanted, turn)
    const found = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (outcome === 'done') expect(found === wanted).toBe(true)
    if (outcome === 'not done') expect(found === text).toBe(true)
    expect([text, wanted].includes(found), `${change.name} in turn ${turn}: ${found.length} bytes`).toBe(true)
    counts[outcome === 'fine' ? 'fine' : 'lost'] += 1
    if (outcome === 'fine') expect(found === wanted).toBe(true)
    else if (found === wanted) counts.late += 1
    text = found
  }
  counts.cuts = proxy.cuts()
  await shell.whenConnected(AbortSignal.timeout(20_000))
  await shell.stop()
  proxy.stop()
  await vi.waitFor(() => expect(readdirSync(join(target.folder, 'spool'))).toEqual([]))
  await vi.waitFor(() => expect(existsSync(join(target.folder, 'lock'))).toBe(false))
  expect(
    readdirSync(folder)
      .toSorted()
      .filter((name) => !/^(group|c)-/.test(name)),
  ).toEqual(['file', 'jails', 'known_hosts'])
  // which is what happens here, and nothing else
  expect(problems.filter((what) => !what.includes('is lost again and again'))).toEqual([])
  return counts
}

type Outcome = 'fine' | 'done' | 'not done' | 'either'

async function writeIt(shell: SshShell, _folder: string, file: string, wanted: string): Promise<Outcome> {
  if (!(await isLost(shell.writeFile(file, wanted, 0o644)))) return 'fine'
  await untilDone(shell, () => shell.removeDraft(file))
  return 'either'
}

async function runIt(shell: SshShell, folder: string, file: string, wanted: string, turn: number): Promise<Outcome> {
  const groupFile = join(folder, `group-${turn}`)
  const argv = ['sh', '-c', 'cat >"$1.part" && mv "$1.part" "$1"', 'sh', file]
  const running = shell.run({ argv, stdin: wanted, groupFile, timeoutSeconds: 60 })
  if (!(await isLost(running))) {
    expect(await running).toMatchObject({ exitCode: 0, timedOut: false })
    return 'fine'
  }
  let outcome: Outcome = 'either'
  await untilDone(shell, async () => {
    const ended = await shell.endGroup(groupFile, 20)
    // asked again after a lost answer, our own mark stands there: that says nothing new
    outcome = ended === 'never-started' ? 'not done' : 'done'
    expect(ended).not.toBe('was-ended')
  })
  return outcome
}

async function isLost(operation: Promise<unknown>): Promise<boolean> {
  try {
    await operation
    return false
  } catch (error) {
    expect(error).toMatchObject({ code: 'connection_lost', message: expect.stringContaining('127.0.0.1') })
    return true
  }
}

async function untilDone(shell: SshShell, act: () => Promise<void>): Promise<void> {
  await shell.whenConnected(AbortSignal.timeout(20_000))
  while (await isLost(act())) await shell.whenConnected(AbortSignal.timeout(20_000))
}

/** What sshd started for us: agents have its folder as HOME, and programs one below it among their words. Only Linux tells. */
function processesOf({ folder, pid: sshd }: Sshd): string[] {
  if (!existsSync('/proc/self/environ')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== sshd)
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${folder}\0`) || words.includes(`${folder}/lane-`)
        return isOurs ? [words.slice(0, 200)] : []
      } catch {
        return []
      }
    })
}

/** mulberry32 */
function random(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
