import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { addBaseMounts } from './basejail.ts'
import { readWords, type Words } from './click.ts'
import { isTrue, type Config } from './config.ts'
import { destroyJail } from './destroy.ts'
import { fetchRelease } from './fetch.ts'
import { exists, iocRoot, jailIn, needJail, runningJail } from './jails.ts'
import { makeDatasets, writeFiles, type Source } from './make.ts'
import { installPackages } from './packages.ts'
import { checkProperty } from './properties.ts'
import { fail, info, warn } from './speech.ts'
import { startJail } from './start.ts'
import { convert } from './template.ts'

interface Order {
  source: Source
  properties: string[]
  thick: boolean
  basejail: boolean
  packages: string[] | undefined
}

const usage = '[OPTIONS] [PROPS]...'
const flags = {
  '-b': 'base',
  '--basejail': 'base',
  '-T': 'thick',
  '--thickjail': 'thick',
  '-e': 'empty',
  '--empty': 'empty',
  '-s': 'short',
  '--short': 'short',
  '-f': 'force',
  '--force': 'force',
}
const values = {
  '-c': 'count',
  '--count': 'count',
  '-r': 'release',
  '--release': 'release',
  '-t': 'template',
  '--template': 'template',
  '-p': 'pkglist',
  '--pkglist': 'pkglist',
  '-n': 'name',
  '--name': 'name',
  '-u': 'uuid',
  '--uuid': 'uuid',
}

/** iocage create. */
export async function create(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('create', args, { flags, values, usage })
  const name = words.value('name')
  if (name !== undefined && !/^[a-zA-Z0-9._-]+$/.test(name)) fail(`Invalid character in ${name}, please remove it.`)
  const packages = readPackages(host, call, words.value('pkglist'))
  const source = await readSource(host, call, words)
  const order = {
    source,
    properties: words.operands,
    thick: words.flags.has('thick') || words.flags.has('base'),
    basejail: words.flags.has('base'),
    packages,
  }
  for (const each of names(words, name ?? words.value('uuid'))) await createOne(host, call, each, order)
}

function names(words: Words, name: string | undefined): string[] {
  const count = Number((words.value('count') ?? '1').replaceAll(',', ''))
  if (!Number.isInteger(count)) fail(`${words.value('count') ?? ''} is not a valid integer.`)
  if (count > 1) return Array.from({ length: count }, (_, at) => (name === undefined ? randomName(words) : `${name}_${at + 1}`))
  return [name ?? randomName(words)]
}

function randomName(words: Words): string {
  return words.flags.has('short') ? randomUUID().slice(0, 8) : randomUUID()
}

const hostRelease = '15.1-RELEASE'

async function readSource(host: Host, call: Call, words: Words): Promise<Source> {
  const release = words.value('release')?.toUpperCase()
  const template = words.value('template')
  if (release?.includes('=')) fail('Please supply a valid RELEASE!')
  if (release !== undefined && Number.parseFloat(release) > Number.parseFloat(hostRelease))
    fail(`Host: ${hostRelease} is not greater than target: ${release}\nThis is unsupported.`)
  if (words.flags.has('empty')) return { kind: 'empty', name: 'EMPTY' }
  if (template !== undefined) return { kind: 'template', name: template }
  if (release === undefined) return fail('Must supply either --template (-t) or --release (-r)!')
  const name = release === 'LATEST' ? hostRelease : release
  if (!existsSync(join(iocRoot(host), 'releases', name))) await fetchRelease(host, call, name)
  return { kind: 'release', name }
}

function readPackages(host: Host, call: Call, file: string | undefined): string[] | undefined {
  if (file === undefined) return undefined
  const form = '\n{\n    "pkgs": [\n    "foo",\n    "bar"\n    ]\n}'
  const real = toReal(host.paths, file, call.cwd)
  if (!existsSync(real)) fail(`${file} does not exist!\nPlease supply a JSON file with the format: ${form}`)
  try {
    return z.looseObject({ pkgs: z.array(z.string()) }).parse(JSON.parse(readFileSync(real, 'utf8'))).pkgs
  } catch {
    return fail(`Please supply a valid JSON file with the format:${form}`)
  }
}

/** iocage clone. */
export async function clone(host: Host, call: Call, args: string[]): Promise<void> {
  const known = { '-T': 'thick', '--thickjail': 'thick', '-N': 'newmac', '--newmac': 'newmac' }
  const words = readWords('clone', args, {
    flags: known,
    values: { '-n': 'name', '--name': 'name', '-u': 'uuid', '--uuid': 'uuid', '-c': 'count', '--count': 'count' },
    usage: '[OPTIONS] SOURCE [PROPS]...',
  })
  const [wanted = '', ...properties] = words.operands
  const jail = await needJail(host, call, wanted)
  if (jail.isTemplate) fail('You cannot clone a template, use create -t instead.')
  if (runningJail(host, jail.name) !== undefined) fail(`Jail: ${wanted} must not be running to be cloned!`)
  const order: Order = {
    source: { kind: 'clone', name: jail.name },
    properties,
    thick: words.flags.has('thick'),
    basejail: false,
    packages: undefined,
  }
  for (const each of names(words, words.value('name') ?? words.value('uuid'))) await createOne(host, call, each, order)
}

async function createOne(host: Host, call: Call, name: string, order: Order): Promise<void> {
  if (exists(host, name)) fail(`Jail: ${name} already exists!`)
  const { source } = order
  const jail = jailIn(host, 'jails', name)
  const config = await makeDatasets(host, call, jail, source, order.thick)
  if (name === 'default' || name === 'help') {
    await destroyJail(host, call, jail)
    fail(`You cannot name a jail ${name}, that is a reserved name.`)
  }
  const given = order.properties.map((each) => splitProperty(each))
  try {
    for (const [key, value] of given) apply(call, config, key, value, order.properties)
  } catch (error) {
    // The jail was there already: it goes again.
    writeFiles(host, jail, config, source)
    await destroyJail(host, call, jail)
    throw error
  }
  writeFiles(host, jail, config, source)
  if (order.basejail) addBaseMounts(host, jail, source)
  const isTemplate = given.some(([key, value]) => key === 'template' && isTrue(value))
  if (isTemplate) await convert(host, call, jail, true)
  info(call, `${name} successfully ${source.kind === 'clone' ? 'cloned' : 'created'}!`)
  if (order.packages !== undefined) await installPackages(host, call, jail, order.packages)
  const boots = given.some(([key, value]) => key === 'boot' && isTrue(value)) && source.kind !== 'empty' && !isTemplate
  if (boots) await startJail(host, call, jail)
}

function splitProperty(property: string): [string, string] {
  const sign = property.indexOf('=')
  return sign < 0 ? [property, ''] : [property.slice(0, sign), property.slice(sign + 1)]
}

/** Some properties need others; those are turned on with a word of warning. */
function apply(call: Call, config: Config, key: string, value: string, all: string[]): void {
  const needs =
    key === 'bpf' && isTrue(value)
      ? ['vnet']
      : (key === 'dhcp' && isTrue(value)) || (key === 'ip4_addr' && /dhcp/i.test(value))
        ? ['vnet', 'bpf']
        : []
  for (const need of needs) {
    if (all.some((each) => each.startsWith(`${need}=`) && isTrue(each.slice(need.length + 1)))) continue
    warn(call, `${key === 'bpf' ? 'bpf' : 'dhcp'} requires ${need}, enabling!`)
    config[need] = 1
  }
  config[key] = checkProperty(config, key, value, false)
}
