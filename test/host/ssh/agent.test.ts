import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isRunning } from '../shell-processes.ts'
import { type AgentBench, agentBench, frame, line } from './agent-bench.ts'

let bench: AgentBench
beforeEach(() => void (bench = agentBench()))
afterEach(() => bench.remove())

const at = (...names: string[]) => bench.at(...names)

const lockedBy = (owner: string, pid: number) => {
  const text = `${owner} ${pid} ${pid} e9 Thu Jan  1 00:00:00 1970\n`
  writeFileSync(at('own', 'lock'), text)
  return text
}

/** Between the first look at the lock and the deed. */
const robbed = (name: string) => `${name}() { printf 'tests 1 1 e2 never\\n' >"$folder/lock"; }`

describe('the lock', () => {
  const strangers: ChildProcess[] = []
  afterEach(async () => {
    for (const stranger of strangers.splice(0)) {
      stranger.kill('SIGKILL')
      await once(stranger, 'exit')
    }
  })
  const leader = () => {
    const stranger = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' })
    strangers.push(stranger)
    return stranger.pid ?? 0
  }
  test('of another owner is not taken while a process of that number and group lives, whatever a stepped clock says of its birth', async () => {
    const text = lockedBy('other', leader())
    expect(await bench.agent(line('hold', 0, 'tests'))).toBe(`other${frame} held\n`)
    expect(readFileSync(at('own', 'lock'), 'utf8')).toBe(text)
  })

  test('of another owner is taken when nobody is there', async () => {
    lockedBy('other', 2 ** 22 - 1)
    expect(await bench.agent(line('hold', 0, 'tests'))).toBe(`${frame} ready\n`)
  })

  test('of our own name is taken, and no process is ended that may be a stranger', async () => {
    const pid = leader()
    lockedBy('tests', pid)
    expect(await bench.agent(line('hold', 0, 'tests'))).toBe(`${frame} ready\n`)
    expect(isRunning(pid)).toBe(true)
  })

  test.each(['', '\n', 'x\n', 'x y'])("that holds %j is nobody's", async (text) => {
    writeFileSync(at('own', 'lock'), text)
    expect(await bench.agent(line('hold', 0, 'tests'))).toBe(`${frame} ready\n`)
  })

  test('is not taken in a folder that is a link, or of another user', async (context) => {
    renameSync(at('own'), at('elsewhere'))
    symlinkSync(at('elsewhere'), at('own'))
    expect(await bench.agent(line('hold', 0, 'tests'))).toBe(`${frame} unsafe\n`)
    rmSync(at('own'))
    if (process.getuid?.() !== 0) return context.skip('only root can give a folder away')
    mkdirSync(at('own'))
    lchownSync(at('own'), 12_345, 12_345)
    expect(await bench.agent(line('hold', 0, 'tests'))).toBe(`${frame} unsafe\n`)
  })

  test('comes with tidying: group files that are two months old are gone, younger ones stay', async () => {
    mkdirSync(at('own', 'groups'))
    for (const name of ['old', 'young']) writeFileSync(at('own', 'groups', name), '1\n')
    const longAgo = Date.now() / 1000 - 62 * 86_400
    utimesSync(at('own', 'groups', 'old'), longAgo, longAgo)
    await bench.agent(line('hold', 0, 'tests'))
    expect([existsSync(at('own', 'groups', 'old')), existsSync(at('own', 'groups', 'young'))]).toEqual([false, true])
  })
})

describe('an agent that loses the lock in the middle', () => {
  test.each([
    ['mkdir', 'root_or_writable', ['made', '0755']],
    ['rmdir', 'root_or_writable', ['folder']],
    ['remove', 'writable', ['file']],
    ['take_over', 'writable_group', ['file']],
  ] as const)('does nothing any more: %s', async (operation, name, [path, ...words]) => {
    mkdirSync(at('folder'))
    writeFileSync(at('file'), 'old')
    expect(await bench.agent(line(operation, 0, at(path), ...words), {}, robbed(name))).toBe(`${frame} fenced\n`)
    expect([existsSync(at('made')), existsSync(at('folder')), readFileSync(at('file'), 'utf8')]).toEqual([false, true, 'old'])
  })

  test('moves nothing', async () => {
    writeFileSync(at('file'), 'old')
    expect(await bench.agent(line('move', 0, at('file'), at('to')), {}, robbed('writable'))).toBe(`${frame} fenced\n`)
    expect([existsSync(at('file')), existsSync(at('to'))]).toEqual([true, false])
  })

  test("leaves the draft alone, which is the next owner's", async () => {
    const owner = `flush() { printf theirs >"$draft"; printf 'tests 1 1 e2 never\\n' >"$folder/lock"; }`
    expect(await bench.agent(`${line('write', 1, at('file'), '0644')}x`, {}, owner)).toBe(`${frame} fenced\n`)
    expect(readFileSync(at('.file.jailops-draft'), 'utf8')).toBe('theirs')
    expect(existsSync(at('file'))).toBe(false)
  })
})

describe('a refusal is answered, and the agent does not just end', () => {
  test('when a group file to take over is not there', async () => {
    expect(await bench.agent(line('take_over', 0, at('none')))).toBe(`${frame} failed\n`)
  })

  test('when there is no place for the output of a change', async () => {
    rmSync(at('own', 'spool'), { recursive: true })
    expect(await bench.agent(line('run', 0, at('group'), 'true'))).toBe(`${frame} failed\n`)
    expect(existsSync(at('group'))).toBe(false)
  })

  test('when its output is gone once a change has ended, the end is known all the same', async () => {
    const argv = ['sh', '-c', 'rm -f "$1"/*', 'sh', at('own', 'spool')]
    expect(await bench.agent(line('run', 0, at('group'), ...argv))).toBe(`${frame} 0 0 0\n`)
  })

  test('when the process list cannot be sifted', async () => {
    expect(await bench.agent(line('members', 0, '1'), {}, 'awk() { return 2; }')).toBe(`${frame} failed\n`)
  })
})

test('whoever prints for ever fills no disk', async () => {
  const script = 'head -c 20000000 /dev/zero; du -sk "$1" >"$2"'
  const said = await bench.agent(line('run', 0, at('group'), 'sh', '-c', script, 'sh', at('own', 'spool'), at('used')))
  expect(said.slice(-60)).toContain(`${frame} 0 20000000 0\n`)
  expect(said.length).toBeLessThan(140_000)
  expect(Number.parseInt(readFileSync(at('used'), 'utf8'), 10)).toBeLessThan(3000)
  expect(readdirSync(at('own', 'spool'))).toEqual([])
})

test('a group file says in its answer when it was written', async () => {
  writeFileSync(at('group'), '12\n')
  expect(await bench.agent(line('read_group', 0, at('group')))).toMatch(new RegExp(String.raw`^12\n${frame} ok( [0-9a-f]+){6}\n$`))
})

test('a group file that is a device is not claimed, and nothing starts by it', async () => {
  symlinkSync('/dev/null', at('group'))
  expect(await bench.agent(line('claim', 0, at('group')))).toBe(`${frame} taken\n`)
  expect(await bench.agent(line('run', 0, at('group'), 'touch', at('ran')))).toBe(`${frame} 125\n`)
  expect(existsSync(at('ran'))).toBe(false)
})
