import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, makeBench, stepOf } from './effects-bench.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.end())

const step = stepOf({ kind: 'password', kernelName: 'ioc-blog', user: 'root' }, { final: 'gone' })
const set = (confide?: (secret: string) => void) =>
  bench.effects.perform(step, { groupFile: bench.groupFile, ...(confide !== undefined && { confide }) })
/** `now`: the hash that master.passwd has; `usermod`: what pw does then. */
const pw = (usermod: string, now = 'cat "$bench/hash" 2>/dev/null || echo old') =>
  bench.program(
    'jexec',
    `echo "$@" >>"$bench/argv"
case "$2 $3" in
"grep ^root:") echo "root:$(${now}):0:0::0:0:Charlie &:/root:/bin/csh" ;;
"pw usermod") ${usermod} ;;
esac`,
  )
const works = `read -r word; echo "$word" >"$bench/stdin"; echo '$6$salt$'"$(echo "$word" | cksum | cut -d' ' -f1)" >"$bench/hash"`

test('goes to pw by its stdin, and to whoever asked; another one each time', async () => {
  pw(works)
  const said: string[] = []
  for (let turn = 0; turn < 2; turn++) {
    await set((secret) => void said.push(secret))
    expect(readFileSync(bench.at('stdin'), 'utf8')).toBe(`${said.at(-1)}\n`)
  }
  expect(said[0]).not.toBe(said[1])
  for (const secret of said) expect(secret).toMatch(/^[a-km-np-zA-HJ-NP-Z2-9]{24}$/)
  const argv = readFileSync(bench.at('argv'), 'utf8')
  expect(argv).toContain('ioc-blog pw usermod root -h 0\n')
  expect(said.filter((secret) => argv.includes(secret))).toEqual([])
})

test.each([
  [
    'pw fails and the old one still counts',
    'echo "pw: no" >&2; exit 67',
    undefined,
    'pw failed with exit code 67: pw: no. The old password still counts.',
  ],
  [
    'pw fails after it has changed it',
    `${works}; echo "pw: database busy" >&2; exit 75`,
    undefined,
    'Which password counts now, nobody knows: ask again.',
  ],
  ['pw says what it read', 'read -r word; echo "bad: $word" >&2; exit 1', undefined, 'bad: [hidden]. The old'],
  ['pw lies', 'exit 0', "echo '*'", 'pw reported success, but root has no password there.'],
])('%s: nothing is confided', async (_, usermod, now, words) => {
  pw(usermod, now)
  const said: string[] = []
  await expect(set((secret) => void said.push(secret))).rejects.toMatchObject({
    code: 'step_failed',
    message: expect.stringContaining(words),
  })
  expect(said).toEqual([])
})

test('where nobody could be shown it, it is not changed', async () => {
  pw(works)
  await expect(set()).rejects.toMatchObject({ code: 'definition_mismatch' })
  expect(() => readFileSync(bench.at('argv'))).toThrow()
})

test('found begun it is set anew, and taking it back does nothing', async () => {
  pw(works)
  expect(await bench.effects.capture(step)).toBeNull()
  expect(await bench.effects.check(step)).toBe('half')
  await bench.effects.revert(step, null, { groupFile: bench.groupFile })
  expect(() => readFileSync(bench.at('argv'))).toThrow()
})
