import { afterAll, beforeAll, describe } from 'vitest'
import { missingForSshd, type Sshd, startSshd } from '../support/sshd.ts'
import { shellConformance } from './shell-conformance.ts'

describe.each(['sh', 'tcsh'] as const)('login shell %s', (loginShell) => {
  const missing = missingForSshd()
  let sshd: Sshd | undefined
  beforeAll(async () => {
    if (missing === undefined) sshd = await startSshd(loginShell)
  })
  afterAll(() => sshd?.stop())

  describe.skipIf(missing !== undefined)(missing ?? 'with an sshd', () => {
    shellConformance(`ssh (${loginShell})`, () => JSON.stringify({ target: sshd?.target() }))
  })
})
