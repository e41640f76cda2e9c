import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { hostAdd, type HostAddOptions } from '../../src/cli/host-add.ts'
import { loadConfig, readFileFromDisk } from '../../src/config/load.ts'
import { createKeys } from '../../src/queue/keys.ts'
import { addTrusted, loadTrusted } from '../../src/queue/trusted.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJtwD6zBL2RIGqtn0H3Jxl1qFy6mkXo0J4yGq6Yl3b0F'
const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined

let folder = ''
const at = (name: string) => join(folder, name)
const yaml = () => readFileSync(at('jailops.yaml'), 'utf8')
/** What a person wrote, with what must not be lost: comments, order, quotes. */
const written = (keys: string) => `# ours
keys: ${keys}   # of both
host: { name: web1 }
# who else
hosts:
  web1:   # this machine

# the rest
redis: {prefix:  'jailops'}
`

beforeEach((context) => {
  context.skip(!hasKeygen, 'ssh-keygen is not installed')
  folder = mkdtempSync(join(tmpdir(), 'jailops-host-add-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(at('jailops.yaml'), written(at('keys')))
  writeFileSync(at('known_hosts'), `192.0.2.20,web2.example.com ${key}\n[192.0.2.20]:2222 ${key}\n@revoked 192.0.2.66 ${key}\n`)
  writeFileSync(at('id'), '')
})

async function add(more: Partial<HostAddOptions> = {}, name = 'web2'): Promise<string> {
  let output = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((output += String(text)), true))
  try {
    // as commander hands them over, with its defaults
    const usual = {
      address: '192.0.2.20',
      port: '22',
      user: 'root',
      become: 'none',
      knownHosts: at('known_hosts'),
      config: at('jailops.yaml'),
    }
    await hostAdd(name, { ...usual, ...more })
  } finally {
    write.mockRestore()
  }
  return output
}

/** Several at once, as a script may say it. */
async function alongside(names: readonly string[]): Promise<void> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    const usual = { address: '192.0.2.20', knownHosts: at('known_hosts'), config: at('jailops.yaml') }
    await Promise.all(names.map((name) => hostAdd(name, usual)))
  } finally {
    write.mockRestore()
  }
}

const hosts = () => loadConfig({ file: at('jailops.yaml'), environment: {}, readFile: readFileFromDisk }).config.hosts
const trusted = async () => [...(await loadTrusted(at('keys'))).keys()].toSorted()

describe('a host over ssh', () => {
  it('is added with its key; where the bot has its key too, both trust each other', async () => {
    await createKeys(at('keys'), 'bot')
    chmodSync(at('jailops.yaml'), 0o640)

    const output = await add({ port: '2222', user: 'ops', identity: at('id'), become: 'doas' })

    const target = { address: '192.0.2.20', port: 2222, user: 'ops', knownHosts: at('known_hosts'), identity: at('id'), become: 'doas' }
    expect(hosts()).toMatchObject({ web1: {}, web2: { ssh: target } })
    expect(await trusted()).toEqual(['bot', 'web2'])
    expect(statSync(at('jailops.yaml')).mode & 0o777).toBe(0o640)
    expect(output).toContain('they trust each other')
    expect(output).toContain('jailops host privileges web2')
    expect(readdirSync(folder).toSorted()).toEqual(['id', 'jailops.yaml', 'keys', 'known_hosts'])
  })

  it('is all that changes in the file, and defaults are not written down', async () => {
    await add()
    const more = `  web2:\n    ssh:\n      address: 192.0.2.20\n      knownHosts: ${at('known_hosts')}\n`
    expect(yaml()).toBe(written(at('keys')).replace('# this machine\n', `# this machine\n${more}`))
  })

  it('of a bot elsewhere: the line for it is printed, and what to do here with the one that it prints', async () => {
    const output = await add()
    const { line } = await createKeys(at('keys'), 'web2')
    expect(output).toContain(`jailops host enroll bot --trust '${line}'`)
    expect(output).toContain("jailops host enroll web2 --trust 'THAT LINE'")

    const bot = await createKeys(at('elsewhere'), 'bot')
    await addTrusted(at('keys'), bot.line)
    expect(await add()).not.toContain('THAT LINE')
  })

  it('is added to lines that end as on Windows, behind a byte order mark, by lines that end so too', async () => {
    const text = `\uFEFF${written(at('keys'))}`.replaceAll('\n', '\r\n')
    writeFileSync(at('jailops.yaml'), text)
    await add()
    const more = `  web2:\r\n    ssh:\r\n      address: 192.0.2.20\r\n      knownHosts: ${at('known_hosts')}\r\n`
    expect(yaml()).toBe(text.replace('# this machine\r\n', `# this machine\r\n${more}`))
  })

  it('added again changes nothing', async () => {
    await add()
    const before = [yaml(), readFileSync(at('keys/web2.key'), 'utf8')]
    expect(await add()).toContain('web2 stands in')
    expect([yaml(), readFileSync(at('keys/web2.key'), 'utf8')]).toEqual(before)
  })

  it.each([
    ['after the key', () => createKeys(at('keys'), 'web2')],
    [
      'before the key',
      async () => {
        await add()
        rmSync(at('keys'), { recursive: true })
      },
    ],
  ])('cut off %s is finished by the same again', async (_, begin) => {
    await begin()
    await add()
    expect(hosts()['web2']?.ssh?.address).toBe('192.0.2.20')
    expect([existsSync(at('keys/web2.key')), await trusted()]).toEqual([true, ['web2']])
  })

  it('is added where a link to the file leads, and the link stays', async () => {
    symlinkSync(at('jailops.yaml'), at('link.yaml'))
    await add({ config: at('link.yaml') })
    expect([lstatSync(at('link.yaml')).isSymbolicLink(), 'web2' in hosts()]).toEqual([true, true])
  })

  it('named at the same time as others is lost no more than they are', async () => {
    const names = ['web2', 'web3', 'web4', 'web5']
    await alongside(names)
    expect(Object.keys(hosts()).toSorted()).toEqual(['web1', ...names])
    expect(await trusted()).toEqual(names)
    expect(readdirSync(folder).toSorted()).toEqual(['id', 'jailops.yaml', 'keys', 'known_hosts'])
  })

  it('is added to what somebody wrote meanwhile', async () => {
    writeFileSync(at('jailops.yaml.new'), 'the draft of another one')
    const adding = add()
    await vi.waitFor(() => expect(existsSync(at('keys/web2.pub'))).toBe(true))
    writeFileSync(at('jailops.yaml'), `${yaml()}# and more\n`)
    rmSync(at('jailops.yaml.new'))
    await adding
    expect([yaml().includes('web2:'), yaml().includes('# and more')]).toEqual([true, true])
  })

  it('may have an address that begins with a colon, and a name that every object has', async () => {
    writeFileSync(at('known_hosts'), `::1 ${key}\n`)
    await add({ address: '::1' }, 'constructor')
    expect(hosts()['constructor']).toMatchObject({ ssh: { address: '::1' } })
  })

  it('is the first where nothing stands behind hosts', async () => {
    writeFileSync(at('jailops.yaml'), `keys: ${at('keys')}\nhost: { name: web1 }\nhosts:\nbot: {}\n`)
    await add()
    expect(Object.keys(hosts())).toEqual(['web1', 'web2'])
  })

  it('keeps the host that was meant where the file named none', async () => {
    writeFileSync(at('jailops.yaml'), `keys: ${at('keys')}\nhost: { name: web1 }`)
    await add()
    expect(Object.keys(hosts())).toEqual(['web1', 'web2'])
  })
})

describe('refused, and nothing is written:', () => {
  it.each<[string, Partial<HostAddOptions>, string, RegExp]>([
    ['a name that is taken', {}, 'web1', /There is a host web1 .* already/],
    ['the bot’s own name', {}, 'bot', /The bot itself is named bot/],
    ['a name that is none', {}, '../x', /name: a host is named by/],
    ['an option as an address', { address: '-oProxyCommand=x' }, 'web2', /address: must be a host name or an IP address/],
    ['a port that is none', { port: '22;x' }, 'web2', /port: /],
    ['a port that a program would read otherwise', { port: '0x16' }, 'web2', /port: must be a number/],
    ['a port beyond all', { port: '65536' }, 'web2', /port: /],
    ['another way to root', { become: 'su' }, 'web2', /become: /],
    [
      'a host whose key is not known',
      { address: '192.0.2.99' },
      'web2',
      /no key for 192\.0\.2\.99, and nobody is trusted on first use[^]*ssh_host_ed25519_key\.pub/,
    ],
    ['a port whose key is not known', { port: '2022' }, 'web2', /no key for \[192\.0\.2\.20\]:2022/],
    ['a revoked key', { address: '192.0.2.66' }, 'web2', /no key for 192\.0\.2\.66/],
    ['no file of known hosts', { knownHosts: '/nowhere/known_hosts' }, 'web2', /\/nowhere\/known_hosts has no key/],
    ['no such identity', { identity: '/nowhere/id' }, 'web2', /There is no \/nowhere\/id/],
    ['no such file', { config: '/nowhere/jailops.yaml' }, 'web2', /There is no \/nowhere\/jailops\.yaml/],
  ])('%s', async (_, options, name, words) => {
    await expect(add(options, name)).rejects.toThrow(words)
    expect([yaml(), existsSync(at('keys'))]).toEqual([written(at('keys')), false])
  })

  it('a file beside which nothing can be written', async () => {
    // with `.new` behind it the name is too long
    const file = at(`${'a'.repeat(247)}.yaml`)
    writeFileSync(file, yaml())
    await expect(add({ config: file })).rejects.toMatchObject({
      code: 'config_error',
      message: expect.stringMatching(/\.yaml\.new cannot be written \(ENAMETOOLONG\), so nothing was changed/),
    })
    expect([readFileSync(file, 'utf8'), existsSync(at('keys'))]).toEqual([yaml(), false])
  })

  it('a file that is not UTF-8, whose other bytes would be lost', async () => {
    const latin = Buffer.concat([Buffer.from(yaml()), Buffer.from('# f\u00fcr alle\n', 'latin1')])
    writeFileSync(at('jailops.yaml'), latin)
    await expect(add()).rejects.toMatchObject({
      code: 'config_error',
      message: expect.stringMatching(/is not all UTF-8, .* it was not changed\. Save it as UTF-8, or add the host there by hand/),
    })
    expect([readFileSync(at('jailops.yaml')).equals(latin), existsSync(at('keys'))]).toEqual([true, false])
  })

  it('a folder in which no key can be kept', async () => {
    writeFileSync(at('jailops.yaml'), written(at('id/keys')))
    await expect(add()).rejects.toMatchObject({ code: 'config_error', message: expect.stringContaining('No key can be kept in') })
    expect([yaml(), existsSync(at('jailops.yaml.new'))]).toEqual([written(at('id/keys')), false])
  })

  it('while another one changes the file and does not end', async () => {
    writeFileSync(at('jailops.yaml.new'), 'a draft')
    await expect(add()).rejects.toThrow(/jailops\.yaml\.new is there: .* remove it and say this again/)
    expect([yaml(), readFileSync(at('jailops.yaml.new'), 'utf8')]).toEqual([written(at('keys')), 'a draft'])
    await expect(add()).rejects.toThrow(`The key of web2 is in ${at('keys')} by now`)
  })

  it('other settings under a name that was added', async () => {
    await add()
    const before = yaml()
    await expect(add({ user: 'ops' })).rejects.toThrow(/with other settings/)
    expect(yaml()).toBe(before)
  })

  it.each([
    ['a file that does not load', 'keys: [', /jailops\.yaml:1/],
    ['hosts written by an alias', 'redis: &x {}\nhosts: *x\nkeys: /k', /by hand/],
    ['a file that says nowhere where keys are', 'hosts: {}', /where keys are kept/],
    ['a whole file in braces', '{ keys: /k }', /by hand/],
  ])('%s', async (_, text, words) => {
    writeFileSync(at('jailops.yaml'), text)
    await expect(add()).rejects.toThrow(words)
    expect([yaml(), existsSync('/k')]).toEqual([text, false])
  })
})
