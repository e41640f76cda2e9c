import type { ConfiguredJail } from '../../../core/jail.ts'
import { ask, lastLine } from '../../facts/ask.ts'
import { inBatches } from '../../facts/batches.ts'
import { parseExhibit, separator } from '../../facts/jail-parameters.ts'
import { readFiles } from '../../facts/read-files.ts'
import type { Shell } from '../../shell.ts'
import type { Observing } from '../observing.ts'
import { type Found, jailOf } from './found.ts'
import { readBastilleConf } from './jail-conf.ts'
import { folderOf, jailConfOf, jailsFolder } from './paths.ts'

const fileNames = ['jail.conf', 'settings.conf', 'fstab', 'tags', 'rctl.conf', 'cpuset.conf'] as const

/**
 * All jails of bastille, by its files. Its own list is not asked: it takes a good part of a second, and two at a time take away each other's
 * temporary files and both say that there is nothing. A folder without a jail.conf is what a create that failed leaves behind.
 */
export async function observeBastille(deps: Observing): Promise<ConfiguredJail[]> {
  const { shell, layout } = deps
  const all = await shell.list(jailsFolder(layout))
  const names = all.filter((name) => /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(name))
  const paths = names.flatMap((name) => fileNames.map((file) => `${folderOf(layout, name)}/${file}`))
  const texts = await readFiles(shell, paths, { mayLack: true })
  const found = await inBatches(names, async (name): Promise<Found> => {
    const text = (file: (typeof fileNames)[number]) => texts.get(`${folderOf(layout, name)}/${file}`) ?? ''
    return {
      name,
      ...(await readConfiguration(shell, jailConfOf(layout, name), name, text('jail.conf'))),
      settings: text('settings.conf'),
      fstab: text('fstab'),
      tags: text('tags'),
      limits: text('rctl.conf'),
      cpuset: text('cpuset.conf'),
    }
  })
  return found.map((one) => jailOf(deps, one))
}

type Configuration = Pick<Found, 'parameters'> & { problem?: string }

async function readConfiguration(shell: Shell, path: string, name: string, text: string): Promise<Configuration> {
  const none = new Map<string, string>()
  if (text === '') {
    const problem = `${path} is missing or empty: a create or destroy of bastille that failed leaves such a folder. Look what is in it, and remove it`
    return { parameters: none, problem }
  }
  const known = readBastilleConf(text)
  const { parameters, problem } = known === undefined ? await askJail(shell, path) : { parameters: known }
  if (problem !== undefined) return { parameters: none, problem }
  // started by its folder's name it would not be found
  if (parameters.get('name') !== name) return { parameters, problem: `${path} is of a jail ${parameters.get('name') ?? 'without a name'}` }
  return { parameters }
}

async function askJail(shell: Shell, path: string): Promise<Configuration> {
  const { exitCode, stdout, stderr } = await ask(shell, ['jail', '-f', path, '-e', separator])
  const [jail, another] = exitCode === 0 ? parseExhibit(stdout) : []
  if (jail !== undefined && another === undefined) return { parameters: jail.parameters }
  const problem = exitCode === 0 ? `${path} defines ${jail === undefined ? 'no jail' : 'several jails'}` : lastLine(stderr)
  return { parameters: new Map(), problem: problem || `jail -f ${path} ended with ${exitCode}` }
}
