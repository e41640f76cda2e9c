import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setFaults } from '../../src/lab/lab.ts'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
})
afterAll(() => lab.remove())
beforeEach(() => setFaults(lab.folder, []))

describe('faults', () => {
  it('strike so many times', async () => {
    setFaults(lab.folder, [{ program: 'sysrc', argumentsInclude: ['-n'], times: 2, exitCode: 3, stdout: 'no\n' }])
    const ran = await lab.sh('sysrc jail_list; for i in 1 2 3; do sysrc -n jail_enable; echo $?; done')
    expect(ran.text).toBe('jail_list: \nno\n3\nno\n3\nYES\n0\n')
  })

  it('lie, with or without the work done', async () => {
    setFaults(lab.folder, [{ program: 'sysrc', argumentsInclude: ['a=1'], exitCode: 0 }])
    expect((await lab.sh('sysrc a=1; sysrc -i a')).code).toBe(1)
    setFaults(lab.folder, [{ program: 'sysrc', argumentsInclude: ['b=1'], exitCode: 1, stderr: 'sysrc: no\n', thenRun: true }])
    expect((await lab.sh('sysrc b=1; echo $?; sysrc -n b')).text).toBe('b:  -> 1\nsysrc: no\n1\n1\n')
  })

  it('delay and hang', async () => {
    setFaults(lab.folder, [{ program: 'jls', delayMilliseconds: 300 }])
    const start = performance.now()
    expect((await lab.sh('jls -N')).code).toBe(0)
    expect(performance.now() - start).toBeGreaterThan(290)
    setFaults(lab.folder, [{ program: 'jls', hang: true }])
    expect((await lab.sh('timeout -s KILL 0.5 jls -N')).code).toBe(137)
    setFaults(lab.folder, [])
    expect((await lab.sh('jls -N')).code).toBe(0)
  })
})
