import { setTimeout as sleep } from 'node:timers/promises'
import { JailopsError } from '../../core/errors.ts'
import { type Processes, terminateGroup, waitForEnd } from './processes.ts'

export const voidMark = 'void\n'
/** ps and the file system round to different fractions of a second. */
const clockSlack = 5000

/** What ending a recorded group takes, on whichever host it is. */
export interface GroupFiles {
  /** Puts our mark where nothing stands. False: somebody's file stands there. */
  claim(groupFile: string): Promise<boolean>
  read(groupFile: string): Promise<{ text: string; modifiedAt: number }>
  /** Puts our mark in its place by rename, with the old file held open. @returns what the old one holds afterwards */
  takeOver(groupFile: string): Promise<string>
}

/** After a crash of the worker: nothing that this file stands for runs afterwards, now or later. */
export async function endGroup(
  { files, processes }: { files: GroupFiles; processes: Processes },
  groupFile: string,
  waitSeconds: number,
): Promise<'never-started' | 'ended-by-itself' | 'was-ended'> {
  const recorded = await recordedGroup(files, groupFile)
  if (recorded === undefined) return 'never-started'
  if (!(await isStillOurs(processes, recorded))) return 'ended-by-itself'
  if (await waitForEnd(processes, recorded.group, waitSeconds * 1000)) return 'ended-by-itself'
  await terminateGroup(processes, recorded.group)
  return 'was-ended'
}

interface Recorded {
  group: number
  /** Milliseconds since 1970. */
  recordedAt: number
}

/** The process group in the file, or undefined after making sure that no wrapper can start by it any more. */
async function recordedGroup(files: GroupFiles, groupFile: string): Promise<Recorded | undefined> {
  if (await files.claim(groupFile)) return undefined
  const deadline = Date.now() + 1000
  for (;;) {
    const { text, modifiedAt } = await files.read(groupFile)
    if (text.endsWith('\n')) return parseGroup(text, groupFile, modifiedAt)
    if (Date.now() >= deadline) break
    await sleep(50)
  }
  // It stayed empty: its wrapper died between creating and writing it, or is stopped just there. A wrapper that wrote before our mark
  // replaced the file is seen in the old one; one that writes after it reads our mark back and does not start.
  const text = await files.takeOver(groupFile)
  return text === '' ? undefined : parseGroup(text, groupFile, (await files.read(groupFile)).modifiedAt)
}

function parseGroup(line: string, groupFile: string, recordedAt: number): Recorded | undefined {
  if (line === voidMark) return undefined
  const group = Number(line)
  if (Number.isSafeInteger(group) && group > 1) return { group, recordedAt }
  throw new JailopsError('state_unknown', `The group file ${groupFile} does not hold a process group; look what still runs on the host.`)
}

/**
 * Is a living group of this number the one that was recorded? While any member of ours lives, the kernel gives the number to no new process.
 * So a leader (pid = number) that was born after the file was written proves that ours is wholly gone and the number was given out again.
 * A leader born before it can only be ours. A group whose leader is dead is taken for ours: its members may be of any age (a tar starts its
 * gzip late), and for a stranger to look the same the number must have come round and the new leader have died as well.
 *
 * Not closed: births are of the clock as it is now (ps counts them from a boot time that moves with each step of the clock), the file's time is of
 * the clock as it was. When the clock is stepped forward by more than clockSlack while a command runs whose worker has died, a living group looks
 * like a number that was given out again and is called ended; stepped back, a stranger looks like ours. Slewing does neither. More slack would not
 * be safer: a host that crashes is back within a minute, and its new daemons have small numbers again.
 */
async function isStillOurs(processes: Processes, { group, recordedAt }: Recorded): Promise<boolean> {
  const members = await processes.members(group)
  if (members.length === 0) return false
  const leader = members.find((member) => member.pid === group)
  if (leader === undefined) return true
  return leader.startedAt <= recordedAt + clockSlack
}
