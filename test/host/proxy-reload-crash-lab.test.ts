import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createDrivers } from '../../src/host/drivers.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { type LabHands, labHands } from './lab-hands.ts'
import { live } from './proxy-reload-life.ts'

let hands: LabHands
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-reload-'))
  hands = await labHands({})
  await hands.carryOut(createDrivers(await hands.facts()).proxy.prepare())
})
afterAll(async () => {
  await hands?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const log = () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : [])

/** Stands before the lab's haproxy: a new process that takes over waits while the gate is shut. */
function gatedHaproxy(): void {
  mkdirSync(join(folder, 'bin'))
  writeFileSync(
    join(folder, 'bin', 'haproxy'),
    `#!/bin/sh
PATH="\${PATH#*:}"
case " $* " in *" -x "*) ;; *) exec haproxy "$@" ;; esac
echo begins >> '${folder}/log'
while [ -e '${folder}/shut' ]; do sleep 0.05; done
haproxy "$@"
code=$?
echo "ends $code" >> '${folder}/log'
exit $code
`,
  )
  chmodSync(join(folder, 'bin', 'haproxy'), 0o755)
  writeFileSync(join(folder, 'shut'), '')
}

test('a worker that is killed in the middle of a shared reload: what it left running is over before both requests go on', async () => {
  gatedHaproxy()
  const layout = { ...hands.lab.layout, programFolders: [join(folder, 'bin'), ...hands.lab.layout.programFolders] }
  const script = `
    import { createLocalShell } from '${process.cwd()}/src/host/shell-local.ts'
    import { live } from '${process.cwd()}/test/host/proxy-reload-life.ts'
    const layout = ${JSON.stringify(layout)}
    await live(${JSON.stringify(folder)}, { layout, shell: createLocalShell(layout) })`
  const worker = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] })
  await vi.waitFor(() => expect(log()).toEqual(['begins']))
  worker.kill('SIGKILL')
  await once(worker, 'exit')

  const shell = createLocalShell(layout)
  const next: typeof shell = {
    ...shell,
    endGroup: (groupFile, seconds) => {
      // only whoever waits for it gets to see its end
      if (groupFile.includes('haproxy-reload')) rmSync(join(folder, 'shut'), { force: true })
      return shell.endGroup(groupFile, seconds)
    },
  }
  expect(await live(folder, { layout, shell: next })).toEqual([{ state: 'done' }, { state: 'done' }])

  // one at a time; the two who go on may come together again, or not
  expect(log().join(' ')).toMatch(/^(begins ends 0 ?){2,3}$/)
  const haproxy = createHaproxySocket(shell, layout.haproxy.socket)
  expect(await haproxy.backends()).toEqual(expect.arrayContaining(['slot_500', 'slot_501']))
  expect((await haproxy.info()).get('Pid')).toBe(readFileSync(layout.haproxy.pidFile, 'utf8').trim())
  await shell.stop()
})
