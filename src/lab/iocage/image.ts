import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { oneOperand, readWords } from './click.ts'
import { readConfig, writeConfig } from './config.ts'
import { iocRoot, jailIn, needJail, poolDataset, runningJail } from './jails.ts'
import { fail, info, run, zfs } from './speech.ts'
import { readZip, writeZip, type Member } from './zip.ts'

const usage = '[OPTIONS] JAIL'
const compression = { '-c': 'compression', '--compression': 'compression' }

/** iocage export: a zip file of zfs streams in images, named after the jail and the day. */
export async function exportJail(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('export', args, { values: compression, usage })
  if ((words.value('compression') ?? 'zip') !== 'zip') refuse('iocage', 'export in another form than zip is not imitated here')
  const jail = await needJail(host, call, oneOperand('export', usage, words, 'JAIL'))
  if (runningJail(host, jail.name) !== undefined) fail(`${jail.name} is running, stop the jail before exporting!`)
  const date = new Date().toISOString().slice(0, 10)
  const image = join(iocRoot(host), 'images', `${jail.name}_${date}`)
  await zfs(host, call, 'snapshot', '-r', `${jail.dataset}@ioc-export-${date}`)
  const datasets = (await zfs(host, call, 'list', '-H', '-r', '-o', 'name', jail.dataset)).split('\n').filter((line) => line !== '')
  const members: Member[] = []
  for (const dataset of datasets) {
    info(call, `Exporting dataset: ${dataset}`)
    const stream = await run(host, call, 'zfs', ['send', `${dataset}@ioc-export-${date}`])
    members.push({ name: `${image}${dataset.slice(jail.dataset.length).replaceAll('/', '_')}`.slice(1), bytes: Buffer.from(stream.out) })
  }
  info(call, `\nPreparing compressed file: ${image}.zip.`)
  mkdirSync(join(iocRoot(host), 'images'), { recursive: true })
  const bytes = writeZip(members)
  writeFileSync(`${image}.zip`, bytes)
  writeFileSync(`${image}.sha256`, createHash('sha256').update(bytes).digest('hex'))
  await zfs(host, call, 'destroy', '-r', `${jail.dataset}@ioc-export-${date}`)
  info(call, `\nExported: ${image}.zip`)
}

/** iocage import: over a jail that is there it goes too. */
export async function importJail(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('import', args, { values: { ...compression, '-p': 'path', '--path': 'path' }, usage })
  const wanted = oneOperand('import', usage, words, 'JAIL')
  if (words.value('path') !== undefined) refuse('iocage', 'import -p is not imitated here')
  const { file, name, date } = findImage(host, wanted)
  const members = readZip(readFileSync(file)) ?? fail('File is not a zip file')
  for (const member of members) {
    const rest = member.name.slice(member.name.lastIndexOf('/') + 1).slice(`${name}_${date}`.length)
    const dataset = `${name}${rest.replaceAll('_', '/')}`
    info(call, `Importing dataset: ${dataset}`)
    const ran = await run(host, call, 'zfs', ['receive', '-F', `${poolDataset}/jails/${dataset}`], member.bytes)
    // Nobody looks at how that ended.
    call.err(ran.err)
  }
  await zfs(host, call, 'destroy', '-r', `${poolDataset}/jails/${name}@ioc-export-${date}`)
  const { folder } = jailIn(host, 'jails', name)
  const config = readConfig(folder)
  if (config['type'] === 'template') writeConfig(folder, { ...config, type: 'jail', template: 0 })
  info(call, `\nImported: ${name}`)
}

/** What begins with the name; two are too many. */
function findImage(host: Host, wanted: string): { file: string; name: string; date: string } {
  const folder = join(iocRoot(host), 'images')
  const found = (existsSync(folder) ? readdirSync(folder) : []).filter((file) => file.startsWith(wanted) && file.endsWith('.zip'))
  const [only, second] = found.toSorted()
  if (only === undefined) return fail(`${wanted} not found!`)
  if (second !== undefined) {
    const lines = found.toSorted().map((each) => `\n  ${each}`)
    return fail(
      `Multiple images found for ${wanted}:${lines.join('')}\nPlease explicitly select image or define compression algorithm to use`,
    )
  }
  const whole = only.slice(0, -'.zip'.length)
  const bar = whole.lastIndexOf('_')
  return { file: join(folder, only), name: whole.slice(0, bar), date: whole.slice(bar + 1) }
}
