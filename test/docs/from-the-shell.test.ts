import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { argumentsFromWords, findCommand, parseArguments } from '../../src/core/arguments.ts'
import { splitWords } from '../../src/core/split-words.ts'
import { loadCommands } from '../house/commands.ts'
import { root } from '../house/sources.ts'

/* docs/from-the-shell.md says how things are said in chat: each of its commands is one, with arguments that it takes. */

interface Row {
  typed: string
  said: string
}

const commands = (await loadCommands()).map(({ command }) => command)
const text = readFileSync(join(root, 'docs/from-the-shell.md'), 'utf8')

function rows(): Row[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|') && !/^\|( ?-+ ?\|)+$/.test(line.replaceAll(/-+/g, '-')))
  const cells = lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  return cells.flatMap(([typed = '', said = '']) => (typed === 'What you typed' ? [] : [{ typed, said }]))
}

function commandsIn(cell: string): string[] {
  return [...cell.matchAll(/`\/([^`]+)`/g)].flatMap((found) => found[1] ?? [])
}

const table = rows()
const spoken = [...new Set(table.flatMap(({ said }) => commandsIn(said)))]

it('has a word for everything that the seed shows', () => {
  const typed = table.map((row) => row.typed).join('\n')
  const shown = [
    'iocage activate',
    'iocage fetch',
    'iocage create',
    'iocage list',
    'iocage chroot',
    'iocage start',
    'iocage console',
    'iocage set boot=on',
    'iocage destroy',
    'ezjail-admin install',
    'mdconfig',
    'ezjail-admin create',
    'ezjail-admin start',
    'ezjail-admin console',
    'resolv.conf',
    'passwd',
    'tzsetup',
    'ezjail-admin update -u',
    'nginx_enable',
    'haproxy_enable',
    'use_backend',
    'ipfw.rules',
  ]
  expect(shown.filter((words) => !typed.includes(words))).toEqual([])
})

it.each(spoken)('/%s is a command, with arguments that it takes', (line) => {
  const { command, rest } = findCommand(commands, splitWords(line))
  expect(() => parseArguments(command, argumentsFromWords(command, rest))).not.toThrow()
})

it('every row says a command, or that it is done by hand and why', () => {
  expect(table.length).toBeGreaterThan(60)
  expect(table.filter(({ said }) => commandsIn(said).length === 0 && !/^by hand: \S/.test(said))).toEqual([])
})
