import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkHost } from '../../../src/host/check/check-host.ts'
import { createSshShell, type SshShell } from '../../../src/host/shell-ssh.ts'
import { type Lab, startLab } from '../../../src/lab/lab.ts'
import { missingForSshd, type Sshd, startSshd } from '../../support/sshd.ts'

/* The same check through a real sshd, of a lab at the other end. */

const missing = missingForSshd()

describe.skipIf(missing !== undefined)(missing ?? 'over ssh', () => {
  let folder: string
  let lab: Lab
  let sshd: Sshd
  let shell: SshShell

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jailops-check-'))
    lab = await startLab({ folder })
    sshd = await startSshd('sh')
  })

  afterAll(async () => {
    await shell?.stop()
    await sshd?.stop()
    await lab?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('says the same as on the host, and compares the clocks', async () => {
    const { programFolders, jailRoots, confineTo } = lab.layout
    const target = sshd.target()
    const controlFolder = mkdtempSync(join(folder, 'c-'))
    shell = createSshShell({ target, controlFolder, owner: 'check', onProblem: () => undefined, programFolders, jailRoots, confineTo })
    await shell.whenConnected(AbortSignal.timeout(20_000))
    const findings = await checkHost({ shell, layout: lab.layout, now: Date.now, target })
    expect(findings.filter(({ state }) => state === 'lacks')).toEqual([])
    expect(findings.filter(({ state }) => state === 'unknown').map(({ subject }) => subject)).toEqual(['firewall'])
    expect(findings.find(({ subject }) => subject === 'tools')?.says).toContain('All tools')
    expect(findings.at(-1)).toMatchObject({ subject: 'clock', state: 'good' })
  })
})
