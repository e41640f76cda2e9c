import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadTemplates } from '../../src/cli/our-templates.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { readTemplate } from '../../src/host/facts/templates.ts'
import { root } from '../house/sources.ts'
import { fakeShell, goodHost } from './check/fake-host.ts'
import { testLayout } from './facts-helper.ts'

describe('a template', () => {
  it('may leave out what it does not need, and write numbers as they come', () => {
    expect(
      readTemplate(
        'small',
        'sysrc: { sendmail_enable: NONE, kern_securelevel: 1 }\nfiles: [{ path: /etc/motd, content: hi, mode: 0600 }]\n',
      ),
    ).toEqual({
      name: 'small',
      description: '',
      packages: [],
      sysrc: { sendmail_enable: 'NONE', kern_securelevel: '1' },
      files: [{ path: '/etc/motd', content: 'hi', mode: '600' }],
      services: [],
      commands: [],
    })
    expect(readTemplate('empty', '').problem).toBeUndefined()
  })

  it.each([
    ['no YAML', 'a: [b', 'Flow'],
    ['a name twice', 'packages: [a]\npackages: [b]', 'unique'],
    ['an option as a package', 'packages: [-y]', 'packages'],
    ['a path that climbs', 'files: [{ path: /etc/../../x, content: a }]', '..'],
    ['a relative path', 'files: [{ path: etc/x, content: a }]', 'full path'],
    ['a mode that is none', 'files: [{ path: /x, content: a, mode: u+s }]', 'mode'],
    ['a value that runs something', "sysrc: { x: '$(id)' }", 'runs a command'],
    ['a service that is an option', 'services: [-e]', 'service'],
    ['an empty command', 'commands: [[]]', 'commands'],
    ['a word that nobody knows', 'pakages: [a]', 'pakages'],
  ])('is told as broken: %s', (_, text, words) => {
    expect(readTemplate('bad', text).problem).toContain(words)
  })

  it('has a name that can be typed', () => {
    expect(readTemplate('My Template', '').problem).toContain('lower-case')
  })
})

describe('templates of a host', () => {
  const files = { [`${testLayout.templates}/redis.yaml`]: 'description: ours\n', [`${testLayout.templates}/broken.yaml`]: 'a: [' }
  const shell = {
    ...fakeShell(goodHost()),
    list: async (folder: string) => (folder === testLayout.templates ? ['broken.yaml', 'notes.txt', 'redis.yaml'] : []),
    readFile: async (path: string) => files[path],
  }

  it('count before those that came with jailops', async () => {
    const shipped = await loadTemplates()
    const { templates } = await observe({ shell, layout: testLayout, templates: shipped }, ['templates'], { others: [], here: [] })
    expect(templates.find(({ name }) => name === 'redis')).toMatchObject({ description: 'ours' })
    expect(templates.find(({ name }) => name === 'broken')?.problem).toBeDefined()
    expect(templates.map(({ name }) => name)).toEqual(['broken', 'nginx-static', 'node-app', 'php-fpm', 'postgresql', 'redis'])
  })
})

it('every template that comes with jailops can be used', async () => {
  const shipped = await loadTemplates()
  expect(shipped.filter(({ problem }) => problem !== undefined)).toEqual([])
  expect(shipped.filter(({ description }) => description === '')).toEqual([])
  expect(shipped).toHaveLength(readdirSync(join(root, 'templates')).length)
})
