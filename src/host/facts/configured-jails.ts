import { dirname, matchesGlob, resolve } from 'node:path/posix'
import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import { isOurs } from '../jails/jail-conf/configuration.ts'
import type { Shell } from '../shell.ts'
import { ask, lastLine } from './ask.ts'
import { inBatches } from './batches.ts'
import { type ConfiguredJail, parseExhibit, separator } from './jail-parameters.ts'

export interface Configuration {
  /** By name; of several definitions, the one that rc.d/jail and we would start it by. */
  jails: Map<string, ConfiguredJail & { ours: boolean; problem?: string }>
  /** The names that `jail -f jail.conf` knows, includes and all: what an empty jail_list starts. */
  inJailConf: Pick<ObservedFacts['boot'], 'configured' | 'includesFolder' | 'unreadable'>
}

interface File {
  path: string
  /** NAME of NAME.conf and jail.NAME.conf; jail.conf has none. */
  name?: string
  mayBeOurs: boolean
}

interface Found {
  jails: ConfiguredJail[]
  text: string
  ours: boolean
  problem?: string
}

/** Every jail that some configuration file defines, running or not. A file that jail(8) cannot read breaks its own jail only. */
export async function observeConfigured(shell: Shell, layout: Layout): Promise<Configuration> {
  const files = await configurationFiles(shell, layout)
  const found = await inBatches(files, (file) => readJails(shell, file))
  const configuration: Configuration = { jails: new Map(), inJailConf: { configured: [], includesFolder: false } }
  for (const [index, file] of files.entries()) {
    const { jails = [], text = '', ours = false, problem } = found[index] ?? {}
    for (const jail of jails) {
      const isItsOwnFile = jail.name === file.name
      if (configuration.jails.has(jail.name) && !isItsOwnFile) continue
      configuration.jails.set(jail.name, { ...jail, ours: ours && isItsOwnFile, ...(problem !== undefined && { problem }) })
    }
    if (file.name !== undefined) continue
    configuration.inJailConf = {
      configured: jails.map((jail) => jail.name),
      includesFolder: includesAllOf(layout, text),
      ...(problem !== undefined && { unreadable: problem }),
    }
  }
  return configuration
}

/** In rising order of what counts: jail.conf, jail.conf.d/NAME.conf, jail.NAME.conf. */
async function configurationFiles(shell: Shell, layout: Layout): Promise<File[]> {
  const beside = dirname(layout.jailConf)
  const [main, inFolder, besideNames] = await Promise.all([
    shell.stat(layout.jailConf),
    shell.list(layout.jailConfFolder),
    shell.list(beside),
  ])
  return [
    ...(main === undefined ? [] : [{ path: layout.jailConf, mayBeOurs: false }]),
    ...namesIn(inFolder, /^([^.].*)\.conf$/).map(([file, name]) => ({ path: `${layout.jailConfFolder}/${file}`, name, mayBeOurs: true })),
    ...namesIn(besideNames, /^jail\.(.+)\.conf$/).map(([file, name]) => ({ path: `${beside}/${file}`, name, mayBeOurs: false })),
  ]
}

function namesIn(files: readonly string[], pattern: RegExp): [string, string][] {
  return files.flatMap((file): [string, string][] => {
    const name = pattern.exec(file)?.[1]
    return name === undefined ? [] : [[file, name]]
  })
}

async function readJails(shell: Shell, file: File): Promise<Found> {
  const [text = '', { exitCode, stdout, stderr }] = await Promise.all([
    shell.readFile(file.path),
    ask(shell, ['jail', '-f', file.path, '-e', separator]),
  ])
  const ours = file.mayBeOurs && isOurs(text)
  if (exitCode === 0) return { jails: parseExhibit(stdout), text, ours }
  const problem = lastLine(stderr) || `jail -f ${file.path} ended with ${exitCode}`
  const names = file.name === undefined ? blockNames(text) : [file.name]
  return { jails: names.map((name) => ({ name, parameters: new Map() })), text, ours, problem }
}

/** The jails of a jail.conf that jail(8) will not read at the moment, be it for one broken file that it includes. */
function blockNames(text: string): string[] {
  const blocks = withoutComments(text).matchAll(/^[ \t]*"?([A-Za-z0-9_.-]+)"?[ \t]*\{/gm)
  return [...blocks].flatMap((block) => block[1] ?? [])
}

/**
 * Whether any jail that we make is part of this jail.conf too, by its own .include. A glob that covers some names only does not count,
 * nor does a file that an included file includes.
 */
function includesAllOf(layout: Layout, text: string): boolean {
  const included = [...withoutComments(text).matchAll(/(?:^|[\s;}])\.include\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))\s*;/g)]
  return included
    .map(([, double, single, bare]) => resolve(dirname(layout.jailConf), double ?? single ?? bare ?? ''))
    .some((glob) => unlikeNames.every((name) => matchesGlob(`${layout.jailConfFolder}/${name}.conf`, glob)))
}

/** A glob that covers both covers every jail's name: they have neither length nor a character in common. */
const unlikeNames = ['a', 'z-9y']

/** Quoted text stays as it is: the glob of "/etc/jail.conf.d/*.conf" begins no comment. */
function withoutComments(text: string): string {
  return text.replace(/"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|#.*|\/\/.*|\/\*[\s\S]*?\*\//g, (piece) =>
    piece.startsWith('"') || piece.startsWith("'") ? piece : ' ',
  )
}
