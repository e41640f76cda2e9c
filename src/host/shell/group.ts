import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { JailopsError } from '../../core/errors.ts'
import { membersOf, terminateGroup, waitForEnd } from './processes.ts'
import { errorCode, fileError } from './system-error.ts'

const voidMark = 'void\n'
/** ps and the file system round to different fractions of a second. */
const clockSlack = 5000

/** After a crash of the worker: nothing that this file stands for runs afterwards, now or later. */
export async function endGroup(groupFile: string, waitSeconds: number): Promise<'never-started' | 'ended-by-itself' | 'was-ended'> {
  const group = await recordedGroup(groupFile)
  if (group === undefined) return 'never-started'
  if (!(await isStillOurs(group, groupFile))) return 'ended-by-itself'
  if (await waitForEnd(group, waitSeconds * 1000)) return 'ended-by-itself'
  await terminateGroup(group)
  return 'was-ended'
}

/** The process group in the file, or undefined after making sure that no wrapper can start by it any more. */
async function recordedGroup(groupFile: string): Promise<number | undefined> {
  try {
    await writeFile(groupFile, voidMark, { flag: 'wx' })
    return undefined
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw fileError(error, `write the group file ${groupFile}`)
  }
  for (let turn = 0; turn < 20; turn += 1) {
    const line = await readFile(groupFile, 'utf8')
    if (line.endsWith('\n')) return parseGroup(line, groupFile)
    await sleep(50)
  }
  return takeOver(groupFile)
}

/**
 * The file stayed empty: its wrapper died between creating and writing it, or is stopped just there. Our mark replaces the file by rename,
 * with the old one held open. A wrapper that wrote before the rename is seen in the old file; one that writes after it reads our mark back
 * and does not start.
 */
async function takeOver(groupFile: string): Promise<number | undefined> {
  const old = await open(groupFile, 'r')
  try {
    await writeFile(`${groupFile}.void`, voidMark)
    await rename(`${groupFile}.void`, groupFile)
    const line = await old.readFile('utf8')
    return line === '' ? undefined : parseGroup(line, groupFile)
  } finally {
    await old.close()
  }
}

function parseGroup(line: string, groupFile: string): number | undefined {
  if (line === voidMark) return undefined
  const group = Number(line)
  if (Number.isSafeInteger(group) && group > 1) return group
  throw new JailopsError('state_unknown', `The group file ${groupFile} does not hold a process group; look what still runs on the host.`)
}

/**
 * Is a living group of this number the one that was recorded? While any member of ours lives, the kernel gives the number to no new process.
 * So a leader (pid = number) that was born after the file was written proves that ours is wholly gone and the number was given out again.
 * A leader born before it can only be ours. A group whose leader is dead is taken for ours: its members may be of any age (a tar starts its
 * gzip late), and for a stranger to look the same the number must have come round and the new leader have died as well.
 */
async function isStillOurs(group: number, groupFile: string): Promise<boolean> {
  const members = await membersOf(group)
  if (members.length === 0) return false
  const leader = members.find((member) => member.pid === group)
  if (leader === undefined) return true
  const recordedAt = (await stat(groupFile)).mtimeMs
  return leader.startedAt <= recordedAt + clockSlack
}

/** After a normal end; only the file of that very run, never another's mark. */
export async function forgetGroup(groupFile: string, group: number): Promise<void> {
  const line = await readFile(groupFile, 'utf8').catch(() => undefined)
  if (line === `${group}\n`) await rm(groupFile, { force: true })
}
