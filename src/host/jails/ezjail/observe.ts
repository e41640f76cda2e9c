import type { ConfiguredJail } from '../../../core/jail.ts'
import { addressesOf } from '../../facts/jail-parameters.ts'
import { readFiles } from '../../facts/read-files.ts'
import type { Observing } from '../observing.ts'
import { consoleLogOf, fstabFile, isBlocking, isNoRun, kernelNameOf, readControlFile } from './control-file.ts'
import { readFstab } from '../fstab.ts'
import { isBase, mountOf } from './fstab-lines.ts'

/** All jails of ezjail, by their control files and fstabs. `ezjail-admin list` is not asked: it starts a process for each jail. */
export async function observeEzjail(deps: Observing): Promise<ConfiguredJail[]> {
  const { shell, layout } = deps
  const names = await shell.list(layout.ezjail.configurations)
  const files = names.filter((name) => /^[A-Za-z0-9_]+(\.norun)?$/.test(name) && !names.includes(`${name}.norun`))
  const kernelNames = files.map((name) => name.replace(/\.norun$/, ''))
  const version = `${layout.ezjail.jails}/basejail/bin/freebsd-version`
  const paths = [
    ...files.map((name) => `${layout.ezjail.configurations}/${name}`),
    ...kernelNames.map((name) => fstabFile(layout, name)),
    ...(files.length > 0 ? [version] : []),
  ]
  const texts = await readFiles(shell, paths)
  const release = /^USERLAND_VERSION="?([0-9.]+-[A-Z0-9]+)/m.exec(texts.get(version) ?? '')?.[1]
  const marked = new Map([...deps.marks.keys()].flatMap(markedName))
  return files.map((file, index) => jailOf(deps, { file, kernelName: kernelNames[index] ?? file, texts, release, marked }))
}

/** A file is named by what is left of a jail's name: the mark says the whole of it. */
function markedName(key: string): [string, string][] {
  const name = /^ezjail\/(.+)$/.exec(key)?.[1]
  return name === undefined ? [] : [[kernelNameOf(name), name]]
}

interface Found {
  file: string
  kernelName: string
  texts: ReadonlyMap<string, string>
  release: string | undefined
  marked: ReadonlyMap<string, string>
}

function jailOf({ layout, marks, managers }: Observing, { file, kernelName, texts, release, marked }: Found): ConfiguredJail {
  const configuration = `${layout.ezjail.configurations}/${file}`
  const text = texts.get(configuration) ?? ''
  const { values, unclear } = readControlFile(text, kernelName)
  const hostname = values.get('hostname') ?? ''
  const name = marked.get(kernelName) ?? (kernelNameOf(hostname) === kernelName ? hostname : kernelName)
  const mark = marks.get(`ezjail/${name}`)
  const addresses = addressesOf(values.get('ip'))
  const [address] = addresses
  const root = values.get('rootdir') ?? ''
  const fstab = texts.get(fstabFile(layout, kernelName))
  const lines = readFstab(fstab ?? '')
  const problem = problemOf(configuration, values, unclear)
  const properties = Object.fromEntries([...values].filter(([, value]) => value !== ''))
  const isEnabled = managers.some((one) => one.manager === 'ezjail' && one.startsJails === true)
  return {
    name,
    manager: 'ezjail',
    ours: mark !== undefined,
    isMarked: mark !== undefined,
    ...(problem !== undefined && { problem }),
    kernelName,
    ...(address !== undefined && { address }),
    addresses,
    hostname: hostname || name,
    root,
    startsAtBoot: isEnabled && !isNoRun({ configuration }) && !isBlocking({ properties }),
    configuration,
    type: lines.some((line) => isBase(root, line)) ? 'thin' : 'thick',
    ...(release !== undefined && { release }),
    vnet: false,
    depends: [],
    tags: mark?.tags ?? [],
    note: mark?.note ?? '',
    mounts: lines.flatMap((line) => mountOf(root, line)),
    properties,
    consoleLog: consoleLogOf(layout, kernelName),
    texts: { control: text, ...(fstab !== undefined && { fstab }) },
  }
}

function problemOf(configuration: string, values: ReadonlyMap<string, string>, unclear: ReadonlySet<string>): string | undefined {
  const needed = ['hostname', 'ip', 'rootdir']
  const computed = needed.find((variable) => unclear.has(variable))
  if (computed !== undefined) return `${configuration} computes its ${computed}, which only a shell could tell`
  const missing = needed.find((variable) => (values.get(variable) ?? '') === '')
  return missing === undefined ? undefined : `${configuration} says no ${missing}`
}
