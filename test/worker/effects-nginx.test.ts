import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../src/core/step.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

/* Against the real nginx's own check. */

type Change = Extract<Action, { kind: 'nginx-config' }>['change']

let bench: Bench
let main: string
let folder: string

beforeEach(() => {
  bench = makeBench()
  main = bench.at('nginx.conf')
  folder = bench.at('jailops')
  mkdirSync(folder)
  bench.program('nginx', `exec /usr/sbin/nginx -e ${bench.at('error.log')} "$@"`)
  writeFileSync(bench.at('mime.types'), 'types { text/html html; }\n')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${bench.at(name)};`)
  writeFileSync(main, `pid ${bench.at('pid')};\nevents {}\nhttp {\n  access_log off; ${temporary.join(' ')}\n  include mime.types;\n}\n`)
  writeFileSync(
    `${folder}/00-front.conf`,
    `# jailops made this\nmap $host $jailops_backend { default ""; include ${folder}/hosts.map; }\nserver { listen 127.0.0.1:28491; location / { include ${folder}/limit_*.inc; } }\n`,
  )
  writeFileSync(`${folder}/hosts.map`, '# jailops keeps this\na.example.com jail_a;\nb.example.com jail_b;\n')
})
afterEach(() => bench.end())

const step = (change: Change) => stepOf({ kind: 'nginx-config', configuration: main, folder, change })
const entry = (key: string, value: string | null) => step({ what: 'entry', map: 'hosts', key, value })
const file = (name: string, content: string | null) => step({ what: 'file', name, content })
const hosts = () => readFileSync(`${folder}/hosts.map`, 'utf8')

async function proves(one: ReturnType<typeof step>, path: string): Promise<void> {
  const before = readFileSync(path, 'utf8')
  const kept = await perform(bench, one)
  expect(await bench.effects.check(one)).toBe('done')
  expect(readFileSync(path, 'utf8')).not.toBe(before)
  await bench.effects.perform(one, { groupFile: bench.groupFile })
  for (let time = 0; time < 2; time++) await bench.effects.revert(one, kept, { groupFile: bench.groupFile })
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect(await bench.effects.check(one)).toBe('not')
}

test('our block, a line that is new, that is other, that is gone: each stands, and is taken back to the byte', async () => {
  await proves(step({ what: 'block' }), main)
  await perform(bench, step({ what: 'block' }))
  await proves(entry('c.example.com', 'jail_c'), `${folder}/hosts.map`)
  await proves(entry('a.example.com', 'jail_c'), `${folder}/hosts.map`)
  await proves(entry('a.example.com', null), `${folder}/hosts.map`)
})

test('what nginx would not start with never gets there, and no copy is left', async () => {
  await perform(bench, step({ what: 'block' }))
  const before = readdirSync(folder)
  const bad = file('30-bad.conf', '# jailops made this\nbogus on;\n')
  await expect(bench.effects.capture(bad)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining(`unknown directive "bogus" in ${folder}/30-bad.conf:2`),
  })
  await expect(bench.effects.perform(bad, { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'config_invalid' })
  const worse = file('limit_1.inc', '# jailops made this\nlimit_req zone=nobodys;\n')
  await expect(bench.effects.perform(worse, { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'config_invalid' })
  expect(readdirSync(folder)).toEqual(before)
  expect(readdirSync(bench.at('.')).filter((name) => name.includes('check'))).toEqual([])
})

test('sites of theirs that nobody would reach any more are told of before, and nothing is changed; the sample that comes with nginx is none', async () => {
  const before = readFileSync(main, 'utf8')
  const withTheirs = (server: string) =>
    writeFileSync(main, before.replace('include mime.types;', `include mime.types;\n  server { ${server} }`))
  for (const listen of ['28491', '*:28491', '0.0.0.0:28491 default_server']) {
    withTheirs(`server_name mine.example.com; listen ${listen};`)
    await expect(bench.effects.capture(step({ what: 'block' }))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/port 28491, mine\.example\.com\).*Write `listen 127\.0\.0\.1:28491` there/),
    })
  }
  for (const theirs of ['listen 127.0.0.1:28491; server_name mine.example.com;', 'listen 28492;', 'listen 28491; server_name localhost;']) {
    withTheirs(theirs)
    await bench.effects.capture(step({ what: 'block' }))
  }
  withTheirs('listen 28493 ssl; ssl_reject_handshake on;')
  await perform(bench, step({ what: 'block' }))
  const tls = file('10-tls.conf', '# jailops made this\nserver { listen 127.0.0.1:28493 ssl; ssl_reject_handshake on; }\n')
  await expect(bench.effects.capture(tls)).rejects.toMatchObject({ message: expect.stringContaining('a server without a name') })
})

test('what could mean something else in a map is refused', async () => {
  for (const [key, value] of [
    ['a.example.com', 'x; include /etc/passwd'],
    ['a;b', 'x'],
    ['~.*', 'jail_a'],
    ['a.example.com', '$host'],
  ] as const) {
    await expect(bench.effects.capture(entry(key, value))).rejects.toMatchObject({ code: 'bad_argument' })
  }
  expect(hosts()).toContain('a.example.com jail_a;')
})

test('what somebody else wrote since is not taken back, and a file of theirs is not written over', async () => {
  const kept = await perform(bench, entry('a.example.com', 'jail_c'))
  writeFileSync(`${folder}/hosts.map`, hosts().replace('jail_c', 'jail_d'))
  await expect(bench.effects.revert(entry('a.example.com', 'jail_c'), kept, { groupFile: bench.groupFile })).rejects.toMatchObject({
    code: 'undo_failed',
  })
  writeFileSync(`${folder}/20-theirs.conf`, 'upstream theirs { server 10.0.0.1; }\n')
  await expect(bench.effects.capture(file('20-theirs.conf', '# jailops made this\n'))).rejects.toMatchObject({ code: 'not_ours' })
  const block = step({ what: 'block' })
  const before = await perform(bench, block)
  writeFileSync(main, `${readFileSync(main, 'utf8')}# mine\n`)
  await expect(bench.effects.revert(block, before, { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'undo_failed' })
})

test('several changes at once are each tried with a main file of their own turn', async () => {
  await perform(bench, step({ what: 'block' }))
  const names = Array.from({ length: 6 }, (_, index) => `c${index}.example.com`)

  await Promise.all(names.map((name) => perform(bench, entry(name, 'jail_c'))))

  expect(names.filter((name) => !hosts().includes(`${name} jail_c;`))).toEqual([])
})
