import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Edit } from '../../src/core/step.ts'
import { edited } from '../../src/worker/effects/edit-text.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.end())

const read = () => (existsSync(bench.at('jail.conf')) ? readFileSync(bench.at('jail.conf'), 'utf8') : undefined)
const step = (edits: Edit[], check?: string[]) => stepOf({ kind: 'edit', path: bench.at('jail.conf'), edits, ...(check && { check }) })
const off: Edit = { what: 'variable', name: 'boot', value: 'off' }

const conf = `wiki {
  enforce_statfs = 2;
  allow.mount;
  allow.mount.nullfs;
  ip4.addr = lo1|10.0.0.5;
  ip4.addr += lo1|10.0.0.6;
  ip4.saddrsel = 0;
  path = /usr/local/bastille/jails/wiki/root;
}
`

describe('the text', () => {
  test('loses what says one parameter, and none that begins like it', () => {
    expect(edited(conf, [{ what: 'parameter', names: ['allow.mount', 'allow.nomount'], lines: [] }])).toBe(
      conf.replace('  allow.mount;\n', ''),
    )
  })

  test('has the new lines where the old ones stood', () => {
    const after = edited(conf, [{ what: 'parameter', names: ['ip4.addr'], lines: ['  ip4.addr = lo1|10.0.0.9;'] }])
    expect(after).toBe(conf.replace('lo1|10.0.0.5', 'lo1|10.0.0.9').replace('  ip4.addr += lo1|10.0.0.6;\n', ''))
  })

  test('has a new parameter at the end of the block', () => {
    expect(edited(conf, [{ what: 'parameter', names: ['securelevel'], lines: ['  securelevel = 2;'] }])).toBe(
      conf.replace('root;\n}', 'root;\n  securelevel = 2;\n}'),
    )
  })

  test('keeps a line with more than one parameter as it is', () => {
    const odd = 'wiki {\n  vnet; ip4.addr = 1.2.3.4;\n  exec.start = "a; b";\n}\n'
    expect(edited(odd, [{ what: 'parameter', names: ['vnet'], lines: [] }])).toBe(odd)
    expect(edited(odd, [{ what: 'parameter', names: ['exec.start'], lines: [] }])).toBe('wiki {\n  vnet; ip4.addr = 1.2.3.4;\n}\n')
  })

  test('has another name and other places', () => {
    const after = edited(conf, [
      { what: 'block', name: 'docs' },
      { what: 'text', from: '/jails/wiki/', to: '/jails/$&docs/' },
    ])
    expect(after).toBe(conf.replace('wiki {', 'docs {').replace('/jails/wiki/', () => '/jails/$&docs/'))
  })

  test('has one line for a variable', () => {
    expect(edited('boot=on\npriority="99"\n', [off])).toBe('boot="off"\npriority="99"\n')
    expect(edited('priority="99"', [off])).toBe('priority="99"\nboot="off"\n')
  })

  test('has one line for what is mounted on a place', () => {
    const fstab = '# /data /r/data\n/data\t/r/data\tnullfs ro 0 0\n/x /r/data2 nullfs rw 0 0\n'
    const line = '/new /r/data nullfs ro 0 0'
    expect(edited(fstab, [{ what: 'mount', on: '/r/data', line }])).toBe(`# /data /r/data\n${line}\n/x /r/data2 nullfs rw 0 0\n`)
    expect(edited(fstab, [{ what: 'mount', on: '/r/data', line: null }])).toBe('# /data /r/data\n/x /r/data2 nullfs rw 0 0\n')
    expect(edited('', [{ what: 'mount', on: '/r/data', line: null }])).toBe('')
  })

  test('is the same when it is changed twice', () => {
    const edits: Edit[] = [
      { what: 'block', name: 'docs' },
      { what: 'text', from: '/jails/wiki/', to: '/jails/wiki2/' },
      { what: 'parameter', names: ['allow.mount'], lines: ['  allow.nomount;'] },
      { what: 'parameter', names: ['ip4.addr'], lines: ['  ip4.addr = lo1|10.0.0.9;'] },
      off,
    ]
    expect(edited(edited(conf, edits), edits)).toBe(edited(conf, edits))
  })
})

describe('the file', () => {
  test('is changed, is seen to be, and comes back with its mode', async () => {
    writeFileSync(bench.at('jail.conf'), 'boot="on"', { mode: 0o600 })
    const one = step([off])
    expect(await bench.effects.check(one)).toBe('not')
    const before = await bench.effects.capture(one)
    await perform(bench, one)
    expect(read()).toBe('boot="off"\n')
    expect(await bench.effects.check(one)).toBe('done')
    await bench.effects.revert(one, before, { groupFile: bench.groupFile })
    await bench.effects.revert(one, before, { groupFile: bench.groupFile })
    expect(read()).toBe('boot="on"')
    expect(statSync(bench.at('jail.conf')).mode & 0o777).toBe(0o600)
  })

  test('that was not there is gone again', async () => {
    const one = step([off])
    const before = await bench.effects.capture(one)
    await perform(bench, one)
    expect(read()).toBe('boot="off"\n')
    await bench.effects.revert(one, before, { groupFile: bench.groupFile })
    expect(read()).toBeUndefined()
  })

  test('that somebody else wrote since is left as it is', async () => {
    writeFileSync(bench.at('jail.conf'), 'boot="on"\n')
    const one = step([off])
    const before = await bench.effects.capture(one)
    await perform(bench, one)
    writeFileSync(bench.at('jail.conf'), 'boot="off"\npriority="1"\n')
    await expect(bench.effects.revert(one, before, { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'undo_failed' })
    expect(read()).toBe('boot="off"\npriority="1"\n')
  })

  test('whose change a checker refuses stays as it was, and nothing lies beside it', async () => {
    bench.program('jail', 'grep -q good "$2" || { echo "line 1: syntax error" >&2; exit 1; }')
    writeFileSync(bench.at('jail.conf'), 'wiki {\n}\n')
    const check = ['jail', '-f', '{staged}']
    const bad = step([{ what: 'parameter', names: ['x'], lines: ['  bad;'] }], check)
    await expect(perform(bench, bad)).rejects.toMatchObject({ code: 'config_invalid', message: expect.stringContaining('syntax error') })
    expect(read()).toBe('wiki {\n}\n')
    await perform(bench, step([{ what: 'parameter', names: ['x'], lines: ['  good;'] }], check))
    expect(read()).toBe('wiki {\n  good;\n}\n')
    expect(readdirSync(bench.folder).filter((name) => name.includes('jail.conf'))).toEqual(['jail.conf'])
  })
})
