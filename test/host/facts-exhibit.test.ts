import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { onlyBlocks } from '../../src/host/jails/jail-conf/blocks.ts'
import { observeConfigured } from '../../src/host/facts/configured-jails.ts'
import type { Shell } from '../../src/host/shell.ts'
import { type LabHost, startLabHost } from './lab-host.ts'

/* Files that others wrote, read by the lab's jail(8). */

let host: LabHost
let asked: string[]
let shell: Shell

beforeAll(async () => {
  host = await startLabHost()
})

afterAll(async () => host?.stop())

beforeEach(() => {
  asked = []
  shell = {
    ...host.shell,
    run: (command) => {
      if (command.argv[0] === 'jail') asked.push(command.argv[2] ?? '')
      return host.shell.run(command)
    },
  }
  host.lab.layout.jailConfFolder = join(host.lab.hostFolder, 'etc', `jail.conf.d.${folders++}`)
  mkdirSync(host.lab.layout.jailConfFolder)
  writeFileSync(host.lab.layout.jailConf, '')
})
let folders = 0

function put(name: string, text: string): void {
  writeFileSync(join(host.lab.layout.jailConfFolder, `${name}.conf`), text)
}

const look = () => observeConfigured(shell, host.lab.layout)

test('files of plain blocks are read by one process', async () => {
  for (let index = 0; index < 60; index++)
    put(`j${index}`, `# mine\nj${index} { path = /j/${index}; $x = 1; host.hostname = "h$x-{"; } /* ; */\n`)
  const { jails } = await look()
  expect(jails.size).toBe(60)
  expect(jails.get('j41')).toMatchObject({ ours: false, path: join(host.lab.layout.jailConfFolder, 'j41.conf') })
  expect(jails.get('j41')?.parameters.get('path')).toBe('/j/41')
  expect(asked.filter((file) => file === '-')).toHaveLength(1)
  expect(asked.length).toBeLessThanOrEqual(2)
})

test('what would count for others is read by itself', async () => {
  put('a', 'a { path = /a; }\n')
  put('b', 'exec.clean;\nb { path = /b; }\n')
  put('c', '* { allow.mount; }\nc { path = /c; }\n')
  put('d', 'd { path = /d; }\n')
  const { jails } = await look()
  expect([...jails.keys()].toSorted()).toEqual(['a', 'b', 'c', 'd'])
  expect(jails.get('a')?.parameters.has('exec.clean')).toBe(false)
  expect(jails.get('d')?.parameters.has('allow.mount')).toBe(false)
  expect(jails.get('b')?.parameters.has('exec.clean')).toBe(true)
})

test('one broken file among them breaks its own jail only', async () => {
  for (const name of ['a', 'b', 'c']) put(name, `${name} { path = /${name}; }\n`)
  put('half', 'half { path = "/x; }\n')
  put('odd', 'odd { path = /x y; }\n')
  const { jails } = await look()
  expect([...jails.values()].filter(({ problem }) => problem !== undefined).map(({ name }) => name)).toEqual(['half', 'odd'])
  expect(jails.get('b')?.parameters.get('path')).toBe('/b')
})

test('a jail.conf that includes hundreds of files is read beside them', async () => {
  for (let index = 0; index < 80; index++) put(`j${index}`, `j${index} { path = /j; exec.start = "${'x'.repeat(2000)}"; }\n`)
  writeFileSync(host.lab.layout.jailConf, `mail { path = /m; } .include "${host.lab.layout.jailConfFolder}/*.conf"; dns { path = /d; }\n`)
  const whole = await look()
  expect(whole.inJailConf).toMatchObject({ includesFolder: true })
  expect(whole.inJailConf.configured).toHaveLength(82)
  expect(whole.inJailConf.configured).toEqual(expect.arrayContaining(['mail', 'dns', 'j79']))
  expect(whole.inJailConf.unreadable).toBeUndefined()
  put('half', 'half {')
  const broken = await look()
  expect(broken.inJailConf.unreadable).toContain('half.conf')
  expect(broken.jails.get('mail')?.problem).toBeUndefined()
})

test.each([
  ['a { b = c; }', ['a']],
  ['# x\n"a" {\n}\nb{c="}";d=\'{\';}', ['a', 'b']],
  ['a { } ; b { };', ['a', 'b']],
  ['', []],
  ['exec.clean; a { }', undefined],
  ['a { } $x = 1;', undefined],
  ['a { } .include "/x";', undefined],
  ['* { }', undefined],
  ['a.b { }', undefined],
  ['12 { }', undefined],
  ['a { } a { }', undefined],
  ['a { b = "c; }', undefined],
  ['a { b { } }', undefined],
  ['a {', undefined],
])('%j holds the blocks %j', (text, names) => {
  expect(onlyBlocks(text)).toEqual(names)
})
