import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { sshTargetSchema } from '../../../src/core/ssh-target.ts'
import { masterArguments, sessionArguments } from '../../../src/host/ssh/arguments.ts'

const target = sshTargetSchema.parse({ address: '127.0.0.1', knownHosts: '/k', identity: '/i' })

// TMPDIR may be anything; the other paths have only plain characters
test.each(['/a b/c  d', '/a%h/%%', '/a"b', String.raw`/a\b`, "/a'b", '/$HOME/#x'])(
  'a control socket in %s is for ssh just there',
  (folder) => {
    for (const args of [masterArguments(target, `${folder}/c`), sessionArguments(target, `${folder}/c`)]) {
      const read = spawnSync('ssh', ['-G', ...args], { encoding: 'utf8' }).stdout
      expect(read).toContain(`\ncontrolpath ${folder}/c\n`)
    }
  },
)
