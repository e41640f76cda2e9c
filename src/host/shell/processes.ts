import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { JailopsError } from '../../core/errors.ts'
import { findProgram } from './program.ts'
import { errorCode } from './system-error.ts'

export interface Member {
  pid: number
  /** Milliseconds since 1970, in whole seconds: ps says no more. */
  startedAt: number
}

/** The processes of a host. */
export interface Processes {
  /** Those of a group that still run. */
  members(group: number): Promise<Member[]>
  /** @returns false when the group has nobody */
  signal(group: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean>
  /** Between two looks at a group that is awaited, in milliseconds. */
  pause: number
}

/** The processes of this very machine. */
export const localProcesses: Processes = {
  members: async (group) => (signalGroup(group, 0) ? membersIn(await processTable(), group) : []),
  signal: async (group, signal) => signalGroup(group, signal),
  pause: 50,
}

/** The columns of a machine's ps that membersIn reads, in options of their own: BSD's ps takes all that follows `=` for a column's title. */
const columns = ['-o', 'pid=', '-o', 'pgid=', '-o', 'stat=', '-o', 'lstart=']

/** Zombies do not run: they only wait for a parent to ask how they ended. */
export function membersIn(table: string, group: number): Member[] {
  const members: Member[] = []
  for (const line of table.split('\n')) {
    const [pid, pgid, state, ...started] = line.trim().split(/\s+/)
    if (Number(pgid) !== group || state === undefined || state.startsWith('Z')) continue
    members.push({ pid: Number(pid), startedAt: Date.parse(`${started.join(' ')} UTC`) })
  }
  return members
}

/** The machine's ps, not one from the host's program folders: in a lab those are imitations that know other processes. */
async function processTable(): Promise<string> {
  const ps = await findProgram('ps', ['/bin', '/usr/bin'], false)
  const { stdout, failed, shortMessage } = await execa(ps, ['-A', ...columns], {
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: { LC_ALL: 'C', TZ: 'UTC0' },
    timeout: 10_000,
  })
  if (failed) throw new JailopsError('state_unknown', `The process list of this host could not be read: ${shortMessage}.`)
  return stdout
}

/** False when the group has nobody. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal)
    return true
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false
    // Somebody is there whom we may not signal (or, on macOS, only zombies): the members tell which.
    if (errorCode(error) === 'EPERM') return true
    throw error
  }
}

/** True once nobody of the group runs any more. */
export async function waitForEnd(processes: Processes, group: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  while ((await processes.members(group)).length > 0) {
    if (Date.now() >= deadline) return false
    await sleep(processes.pause)
  }
  return true
}

/** TERM, two seconds to tidy up, KILL. @throws state_unknown when even that does not end it (a process stuck in the kernel) */
export async function terminateGroup(processes: Processes, group: number): Promise<void> {
  await processes.signal(group, 'SIGTERM')
  if (await waitForEnd(processes, group, 2000)) return
  await processes.signal(group, 'SIGKILL')
  if (await waitForEnd(processes, group, 5000)) return
  throw new JailopsError(
    'state_unknown',
    `Process group ${group} on this host does not end, not even by SIGKILL; look at it with \`ps -A -o pid,pgid,stat,command\`.`,
  )
}
