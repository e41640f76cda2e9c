import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { fail } from './failure.ts'
import { parseOptions } from './options.ts'
import { startOrStop } from './power.ts'
import { needRecord } from './record.ts'
import { run } from './run.ts'
import { usage } from './usage.ts'

/** The command is split at blanks and nothing else: quotes stay what they are. The exit code is the command's own. */
export async function openConsole(host: Host, call: Call): Promise<number> {
  const options = parseOptions(call.args, 'f', 'e', usage.console)
  const [name = '', ...more] = options.operands
  if (name === '' || more.length > 0) fail(usage.console)
  const record = needRecord(host, name)
  if (record.jid === undefined) {
    if (!options.has('f')) fail(stoppedText(name))
    await startOrStop(host, 'onestart', [name], call)
  }
  const jid = needRecord(host, name).jid
  const words = options
    .value('e')
    .split(/[ \t\n]+/)
    .filter((word) => word !== '')
  if (words.length === 0) return refuse('ezjail-admin', 'a console without -e needs a terminal: not imitated here')
  const pattern = words.find((word) => /[*?[]/.test(word))
  if (pattern !== undefined) return refuse('ezjail-admin', `${pattern} means files of the host: not imitated here`)
  return run(host, call, 'jexec', [...(jid === undefined ? [] : [String(jid)]), ...words])
}

function stoppedText(name: string): string {
  return `Error: Jail ${name} appears not to be running\n  Start it first, or use 'ezjail-admin console -f ${name}' to force start.`
}
