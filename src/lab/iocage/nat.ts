import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { text, type Config } from './config.ts'
import { run, warn } from './speech.ts'

/** An address that iocage chooses for a jail with nat, on the host's outer interface. */
export function natAddress(host: Host, call: Call, uuid: string, config: Config): string {
  const outer = host.interfaces.find(({ name }) => !name.startsWith('lo'))?.name
  if (text(config, 'nat_interface') === 'none') warn(call, `${uuid}: nat requires nat_interface, using ${outer ?? 'vtnet0'}`)
  const taken = host.jails.flatMap(({ addresses }) => addresses)
  let last = 2
  while (taken.includes(`${text(config, 'nat_prefix')}.0.${last}`)) last += 4
  const address = `${text(config, 'nat_prefix')}.0.${last}`
  return outer === undefined ? address : `${outer}|${address}`
}

/** With ipfw the host's own rules go, all of them, without a question. */
export async function flushForNat(host: Host, call: Call, config: Config): Promise<void> {
  if (text(config, 'nat_backend') === 'ipfw') await run(host, call, 'ipfw', ['-q', 'flush'])
}
