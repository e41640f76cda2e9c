import { dirname } from 'node:path/posix'
import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import { includesAllOf } from '../jails/jail-conf/blocks.ts'
import { isOurs } from '../jails/jail-conf/configuration.ts'
import type { JailFile } from '../jails/jail-conf/jail-file.ts'
import { readJailFile } from '../jails/jail-conf/read-file.ts'
import type { Shell } from '../shell.ts'
import { type ConfigurationFile, type Exhibit, exhibitFiles, exhibitWithoutFolder } from './exhibit.ts'
import type { ConfiguredJail } from './jail-parameters.ts'
import { readFiles } from './read-files.ts'

export interface Configuration {
  /** By name; of several definitions, the one that rc.d/jail and we would start it by. */
  jails: Map<string, Definition>
  /** The names that `jail -f jail.conf` knows, includes and all: what an empty jail_list starts. */
  inJailConf: Pick<ObservedFacts['boot'], 'configured' | 'includesFolder' | 'unreadable'>
}

export interface Definition extends ConfiguredJail {
  ours: boolean
  problem?: string
  /** Where it is defined. */
  path: string
  /** What a file says that we wrote and nobody changed. */
  file?: JailFile
}

interface Place {
  path: string
  /** NAME of NAME.conf and jail.NAME.conf; jail.conf has none. */
  name?: string
  mayBeOurs: boolean
}

/** Every jail that some configuration file defines, running or not. A file that jail(8) cannot read breaks its own jail only. */
export async function observeConfigured(shell: Shell, layout: Layout): Promise<Configuration> {
  const places = await configurationFiles(shell, layout)
  const paths = places.map(({ path }) => path)
  const texts = await readFiles(shell, paths)
  const files = places.map((place) => ({ ...place, text: texts.get(place.path) ?? '' }))
  const own = new Map(files.flatMap((file) => ownFile(file)))
  const main = files.find(({ name }) => name === undefined)
  const apart = main !== undefined && files.length > manyFiles && includesAllOf(layout, main.text) ? main : undefined
  const others = files.filter((file) => !own.has(file.path) && file !== apart)
  const [exhibits, rest] = await Promise.all([
    exhibitFiles(shell, others),
    apart === undefined ? undefined : exhibitWithoutFolder(shell, layout, apart),
  ])
  if (apart !== undefined && rest !== undefined) exhibits.set(apart, rest)
  const jails: Configuration['jails'] = new Map()
  for (const file of files) for (const jail of own.get(file.path) ?? definitionsOf(file, exhibits.get(file))) add(jails, file, jail)
  const all = main === undefined ? noExhibit : (exhibits.get(main) ?? noExhibit)
  const inFolder = apart === undefined ? [] : [...jails.values()].filter(({ path }) => dirname(path) === layout.jailConfFolder)
  return { jails, inJailConf: ofJailConf(layout, main?.text ?? '', all, inFolder) }
}

/** A jail.conf that includes more than these is read without them. */
const manyFiles = 50
const noExhibit: Exhibit = { jails: [] }

/** In rising order of what counts: jail.conf, jail.conf.d/NAME.conf, jail.NAME.conf. */
async function configurationFiles(shell: Shell, layout: Layout): Promise<Place[]> {
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

/** What we wrote ourselves need not be asked of jail(8). */
function ownFile({ path, name, text, mayBeOurs }: Place & { text: string }): [string, Definition[]][] {
  const read = mayBeOurs && isOurs(text) ? readJailFile(text) : undefined
  if (read === undefined || read.file.name !== name) return []
  return [[path, [{ name, parameters: read.parameters, ours: true, path, file: read.file }]]]
}

function definitionsOf({ path, name, text, mayBeOurs }: Place & ConfigurationFile, exhibit: Exhibit | undefined): Definition[] {
  const { jails = [], problem } = exhibit ?? {}
  const ours = mayBeOurs && isOurs(text)
  return jails.map((jail) => ({ ...jail, ours: ours && jail.name === name, path, ...(problem !== undefined && { problem }) }))
}

function add(jails: Configuration['jails'], { name }: Place, jail: Definition): void {
  if (!jails.has(jail.name) || jail.name === name) jails.set(jail.name, jail)
}

function ofJailConf(
  layout: Layout,
  text: string,
  { jails, problem }: Exhibit,
  inFolder: readonly Definition[],
): Configuration['inJailConf'] {
  // one broken file that it includes, and jail(8) does not read it at all
  const unreadable = problem ?? inFolder.find((jail) => jail.problem !== undefined)?.problem
  return {
    configured: [...new Set([...jails, ...inFolder].map(({ name }) => name))],
    includesFolder: includesAllOf(layout, text),
    ...(unreadable !== undefined && { unreadable }),
  }
}
