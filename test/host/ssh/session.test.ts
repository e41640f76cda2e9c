import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sessionFile = join(import.meta.dirname, '../../../src/host/ssh/session.ts')

/** In a process of its own, which has few descriptors. */
const script = `
import { openSync } from 'node:fs'
import { startSession } from ${JSON.stringify(sessionFile)}
try { for (;;) openSync('/dev/null') } catch {}
try { startSession(['host'], undefined) } catch (error) { console.log('refused:', typeof error.message) }
setTimeout(() => console.log('goes on'), 50)
`

test('where no descriptor is left, whoever starts a session hears so, and nothing else ends by it', () => {
  const words = ['-c', 'ulimit -n 60; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', script]
  const { stdout, stderr } = spawnSync('/bin/sh', words, { encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: 'refused: string\ngoes on\n', stderr: '' })
})
