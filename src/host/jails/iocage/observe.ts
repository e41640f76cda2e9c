import type { ConfiguredJail } from '../../../core/jail.ts'
import { addressesOf } from '../../facts/jail-parameters.ts'
import { readFiles } from '../../facts/read-files.ts'
import { markKey } from '../../marks.ts'
import type { Observing } from '../observing.ts'
import { isTrue, namesIn, readConfig } from './config.ts'
import { readFstab } from '../fstab.ts'
import { mountOf } from './fstab.ts'
import { consoleLogOf, jailsFolder, kernelNameOf, templatesFolder } from './paths.ts'

/**
 * All jails of iocage, and its templates, by their files: iocage itself takes a second for each question. A folder without a config.json is
 * what a create that failed leaves behind.
 */
export async function observeIocage(deps: Observing): Promise<ConfiguredJail[]> {
  const { shell, layout } = deps
  const folders = await Promise.all([jailsFolder(layout), templatesFolder(layout)].map(async (folder) => foldersIn(shell, folder)))
  const all = folders.flat()
  const defaultsPath = `${layout.iocage.root}/defaults.json`
  const paths = all.flatMap((folder) => [`${folder}/config.json`, `${folder}/fstab`])
  // nearly every fstab is empty
  const texts = await readFiles(shell, [defaultsPath, ...paths], { mayLack: true })
  const defaultsText = texts.get(defaultsPath) ?? ''
  const common = {
    defaultsText,
    defaults: readConfig(defaultsText),
    startsJails: deps.managers.some((one) => one.manager === 'iocage' && one.startsJails === true),
    clones: new Set(deps.datasets.flatMap(({ mountpoint, origin }) => (origin === undefined ? [] : [mountpoint]))),
  }
  return all.map((folder) =>
    jailOf(deps, { folder, config: texts.get(`${folder}/config.json`), fstab: texts.get(`${folder}/fstab`) }, common),
  )
}

async function foldersIn(shell: Observing['shell'], folder: string): Promise<string[]> {
  const names = await shell.list(folder)
  return names.filter((name) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)).map((name) => `${folder}/${name}`)
}

interface Found {
  folder: string
  config: string | undefined
  fstab: string | undefined
}

interface Common {
  /** What a jail is that says nothing else. */
  defaults: Record<string, string> | undefined
  defaultsText: string
  /** Whether its rc script starts any. */
  startsJails: boolean
  /** Where a clone is mounted. */
  clones: ReadonlySet<string>
}

function jailOf(
  { layout, marks }: Observing,
  { folder, config, fstab = '' }: Found,
  { defaults, defaultsText, startsJails, clones }: Common,
): ConfiguredJail {
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  const properties = readConfig(config ?? '')
  const say = (key: string) => properties?.[key] ?? defaults?.[key]
  const said = (key: string) => (say(key) === 'none' ? undefined : say(key))
  const root = `${folder}/root`
  const addresses = addressesOf(say('ip4_addr'))
  const [address] = addresses
  const mark = marks.get(markKey({ manager: 'iocage', name }))
  const release = say('release')?.replace(/-p[0-9]+$/, '')
  const isBasejail = isTrue(say('basejail'))
  const problem = problemOf(`${folder}/config.json`, config, properties)
  const isTemplate = folder.startsWith(`${templatesFolder(layout)}/`)
  return {
    name,
    manager: 'iocage',
    ours: mark !== undefined,
    isMarked: mark !== undefined,
    ...(problem !== undefined && { problem }),
    kernelName: kernelNameOf(name),
    ...(address !== undefined && { address }),
    addresses,
    hostname: said('host_hostname') ?? name,
    root,
    startsAtBoot: startsJails && !isTemplate && isTrue(say('boot')),
    configuration: `${folder}/config.json`,
    type: isBasejail || clones.has(root) ? 'thin' : 'thick',
    ...(release !== undefined && release !== 'EMPTY' && { release }),
    vnet: isTrue(say('vnet')),
    depends: namesIn(say('depends')),
    tags: mark?.tags ?? [],
    note: mark?.note || (said('notes') ?? ''),
    mounts: readFstab(fstab).flatMap((line) => mountOf({ root, iocageRoot: layout.iocage.root }, line)),
    properties: { ...properties, ...(isTemplate && { type: 'template' }) },
    consoleLog: consoleLogOf(layout, name),
    texts: { fstab, defaults: defaultsText },
  }
}

function problemOf(path: string, text: string | undefined, properties: Record<string, string> | undefined): string | undefined {
  if (text === undefined)
    return `${path} is missing or empty: a create that failed, or was broken off, leaves such a folder. See what is in it, and destroy it`
  return properties === undefined ? `${path} is no JSON that iocage would read` : undefined
}
