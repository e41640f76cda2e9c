import { afterAll, beforeAll, describe } from 'vitest'
import { missingForSshd, type Sshd, startSshd } from '../support/sshd.ts'
import { shellConformance } from './shell-conformance.ts'

/** By a real sshd that starts what we ask for in this login shell. */
export function sshConformance(loginShell: 'sh' | 'tcsh'): void {
  const missing = missingForSshd()
  describe.skipIf(missing !== undefined)(missing ?? `login shell ${loginShell}`, () => {
    let sshd: Sshd | undefined
    beforeAll(async () => {
      sshd = await startSshd(loginShell)
    })
    afterAll(() => sshd?.stop())

    shellConformance(`ssh (${loginShell})`, () => JSON.stringify({ target: sshd?.target() }))
  })
}
