import type { Layout } from '../../core/layout.ts'
import { blockNames, onlyBlocks, withoutFolder } from '../jails/jail-conf/blocks.ts'
import type { Shell, ShellResult } from '../shell.ts'
import { ask, askLong, lastLine } from './ask.ts'
import { inBatches } from './batches.ts'
import { type ConfiguredJail, parseExhibit, separator } from './jail-parameters.ts'

/* Files that we did not write are read by jail(8) itself (`jail -e`), as few times as is possible. */

export interface ConfigurationFile {
  path: string
  text: string
  /** Whose jail it is; jail.conf has none. */
  name?: string
}

export interface Exhibit {
  jails: ConfiguredJail[]
  problem?: string
}

/** What each file defines, in their order. A file that jail(8) cannot read breaks its own jails only. */
export async function exhibitFiles(shell: Shell, files: readonly ConfigurationFile[]): Promise<Map<ConfigurationFile, Exhibit>> {
  const groups = groupsOf(files)
  const found = await inBatches(groups, (group) => exhibitGroup(shell, group))
  const known = new Map(found.flatMap((some) => [...some]))
  const others = files.filter((file) => !known.has(file))
  const alone = await inBatches(others, async (file): Promise<[ConfigurationFile, Exhibit]> => [file, await exhibitOne(shell, file)])
  return new Map([...known, ...alone])
}

/** What a jail.conf says that includes a folder of many files, which are read anyway: all of it together could be more than is kept of an answer. */
export async function exhibitWithoutFolder(shell: Shell, layout: Layout, file: ConfigurationFile): Promise<Exhibit> {
  return read(file, await askLong(shell, fromStdin, { stdin: withoutFolder(layout, file.text) }))
}

const fromStdin = ['jail', '-f', '-', '-e', separator]

interface Member {
  file: ConfigurationFile
  names: string[]
}

/** What is kept of an output is the limit: what is printed is about as long as the files. */
const largestGroup = { files: 100, characters: 40_000 }

/** Only files that say nothing of each other's jails: a parameter outside all blocks would count for what is included behind it. */
function groupsOf(files: readonly ConfigurationFile[]): Member[][] {
  const groups: Member[][] = []
  const seen = new Set<string>()
  let characters = 0
  for (const file of files) {
    const names = /^\/[A-Za-z0-9._+@/-]+$/.test(file.path) ? onlyBlocks(file.text) : undefined
    if (names === undefined || names.length === 0 || names.some((name) => seen.has(name))) continue
    for (const name of names) seen.add(name)
    const last = groups.at(-1)
    characters += file.text.length
    if (last !== undefined && last.length < largestGroup.files && characters < largestGroup.characters) {
      last.push({ file, names })
      continue
    }
    groups.push([{ file, names }])
    characters = file.text.length
  }
  return groups.filter((group) => group.length > 1)
}

/** Nothing where they cannot be read together: then each is asked for by itself, and tells what is wrong with it. */
async function exhibitGroup(shell: Shell, group: readonly Member[]): Promise<Map<ConfigurationFile, Exhibit>> {
  const stdin = group.map(({ file }) => `.include "${file.path}";\n`).join('')
  const { exitCode, stdout, truncated } = await askLong(shell, fromStdin, { stdin })
  if (exitCode !== 0 || truncated) return new Map()
  const jails = parseExhibit(stdout)
  const expected = group.flatMap(({ names }) => names)
  if (jails.map(({ name }) => name).join('\n') !== expected.join('\n')) return new Map()
  let at = 0
  return new Map(group.map(({ file, names }): [ConfigurationFile, Exhibit] => [file, { jails: jails.slice(at, (at += names.length)) }]))
}

async function exhibitOne(shell: Shell, file: ConfigurationFile): Promise<Exhibit> {
  return read(file, await ask(shell, ['jail', '-f', file.path, '-e', separator]))
}

function read(file: ConfigurationFile, { exitCode, stdout, stderr }: Pick<ShellResult, 'exitCode' | 'stdout' | 'stderr'>): Exhibit {
  if (exitCode === 0) return { jails: parseExhibit(stdout) }
  const problem = lastLine(stderr) || `jail -f ${file.path} ended with ${exitCode}`
  const names = file.name === undefined ? blockNames(file.text) : [file.name]
  return { jails: names.map((name) => ({ name, parameters: new Map() })), problem }
}
