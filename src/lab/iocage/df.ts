import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { readWords } from './click.ts'
import { allJails } from './jails.ts'
import { info, zfs } from './speech.ts'
import { drawTable } from './table.ts'

/** iocage df: what the jails take. */
export async function df(host: Host, call: Call, args: string[]): Promise<void> {
  const { flags } = readWords('df', args, {
    flags: { '-h': 'tabs', '-H': 'tabs', '--header': 'tabs', '-l': 'long', '--long': 'long' },
    values: { '-s': 'sort', '--sort': 'sort' },
    usage: '[OPTIONS]',
  })
  const rows: string[][] = []
  for (const jail of await allJails(host, call)) {
    const out = await zfs(host, call, 'get', '-H', '-o', 'value', 'compressratio,reservation,quota,used,available', jail.dataset)
    rows.push([jail.name, ...out.trimEnd().split('\n')])
  }
  if (!flags.has('tabs')) return info(call, drawTable(['NAME', 'CRT', 'RES', 'QTA', 'USE', 'AVA'], rows))
  for (const row of rows) info(call, row.join('\t'))
  return undefined
}
