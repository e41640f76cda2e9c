import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { fail } from './failure.ts'
import { run } from './run.ts'
import type { EzjailSettings } from './settings.ts'

/** portsnap(8) left the base system with FreeBSD 14: there is nothing to call. */
export async function updatePorts(host: Host, settings: EzjailSettings, call: Call): Promise<void> {
  await run(host, call, 'portsnap', ['fetch'])
  const code = await run(host, call, 'portsnap', ['-p', `${settings.base}/usr/ports`, 'extract'])
  if (code !== 0) fail('Error: Updating ports failed.')
}
