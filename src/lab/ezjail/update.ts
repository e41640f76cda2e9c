import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { fail } from './failure.ts'
import { parseOptions } from './options.ts'
import { updatePorts } from './ports.ts'
import { run } from './run.ts'
import type { EzjailSettings } from './settings.ts'
import { unameOf } from './system.ts'
import { usage } from './usage.ts'

/** Nobody looks at what freebsd-update says: the exit code is 0 also when it would not run at all. */
export async function update(host: Host, settings: EzjailSettings, call: Call): Promise<number> {
  const options = parseOptions(call.args, 'biuUpP', 's', usage.update)
  if (options.operands.length > 0) fail(usage.update)
  const action = [...'PUuib'].find((letter) => options.has(letter)) ?? fail(noActionText)
  const needsBase = action === 'P' ? noPortsText : noBaseText
  if ('uUP'.includes(action) && !existsSync(toReal(host.paths, settings.base))) fail(needsBase)
  if (action === 'u') await patch(host, settings, call)
  else if (action === 'U') await upgrade(host, settings, options.value('s'), call)
  else if (action !== 'P') fromSource(host, options.value('s') || settings.sourceTree)
  if (action === 'P' || options.has('p')) await updatePorts(host, settings, call)
  return 0
}

const rebuildText = 'Please note that ezjails behaviour changed. Rebuilding the world no longer is default.'
const noActionText = `Error: No install action has been chosen.\n  ${rebuildText}\n  Run 'ezjail-admin update -b' to build and install a world from source or 'ezjail-admin update -i' to install an already built world.`
const runFirst = "Please run 'ezjail-admin update' or 'ezjail-admin install' first."
const noBaseText = `Error: base jail does not exist.\n  You cannot update a base jail until it is created.\n  ${runFirst}`
const noPortsText = `Error: base jail does not exist.\n  You cannot fill base jails ports tree before creating it.\n  ${runFirst}`

/** Without a terminal's name it takes itself for a job of cron(8), which is kind to the servers and sleeps first. */
async function patch(host: Host, settings: EzjailSettings, call: Call): Promise<void> {
  const terminal = call.environment['TERM'] ?? ''
  const urgency = terminal === '' || terminal === 'dumb' ? 'cron' : 'fetch'
  if (urgency === 'cron') await wait(randomInt(shortestNap, longestNap), undefined, { signal: call.signal }).catch(() => undefined)
  for (const folder of [settings.base, settings.template]) await run(host, call, 'freebsd-update', ['-b', folder, urgency, 'install'])
}

/** `freebsd-update cron` waits for up to an hour; here at least so long that whoever waits for it gives up. */
const longestNap = 3_600_000
const shortestNap = 60_000

async function upgrade(host: Host, settings: EzjailSettings, from: string, call: Call): Promise<void> {
  if (from === '') fail(noReleaseText)
  const target = unameOf(host, '-r').replace(/-p[0-9]+$/, '')
  const environment = { ...call.environment, UNAME_r: from }
  for (const folder of [settings.base, settings.template]) {
    const where = ['-b', folder, '-r', target]
    let code = await run(host, call, 'freebsd-update', [...where, 'upgrade'], { environment })
    while (code === 0) code = await run(host, call, 'freebsd-update', [...where, 'install'], { environment })
  }
}

const noReleaseText =
  "Error: Can not (yet automatically) infer the basejail's osversion.\n  Please run ezjail-admin update -U -s X.X-RELEASE, with X.X-RELEASE being to osversion currently installed in the basejail in need of an upgrade."

function fromSource(host: Host, tree: string): never {
  const isThere = (path: string) => existsSync(toReal(host.paths, path))
  if (!isThere(tree)) {
    const hint = "Consider using 'ezjail-admin install' to create the base jail from an ftp server."
    return fail(`Error: Cannot find your copy of the FreeBSD source tree in ${tree}.\n  ${hint}`)
  }
  if (!isThere(`${tree}/Makefile`)) return fail(`Error: Your source tree in ${tree} seems to be incomplete (Makefile is missing).`)
  return refuse('ezjail-admin', 'building a world is not imitated here')
}
