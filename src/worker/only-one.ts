import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { birthOf } from '../guard/birth.ts'
import { JailopsError } from '../core/errors.ts'

/**
 * One worker a host: two would not see each other's locks and reservations. A dead one's claim is taken over.
 * @returns gives the claim back
 * @throws config_error when another one lives; `inTheWay` is what it is then told
 */
export async function claimHost(path: string, inTheWay = anotherWorker): Promise<() => Promise<void>> {
  const mine = `${process.pid} ${birthOf(process.pid)}\n`
  const draft = `${path}.${process.pid}`
  await writeFile(draft, mine, { flush: true })
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      // link() makes the claim whole or not at all, and never in the place of another's
      if (
        await link(draft, path).then(
          () => true,
          () => false,
        )
      )
        return () => rm(path, { force: true })
      const claim = await readFile(path, 'utf8').catch(() => '')
      const [pid = '', ...birth] = claim.trim().split(' ')
      if (pid !== '' && isAlive(Number(pid)) && birthOf(Number(pid)) === birth.join(' ')) {
        throw new JailopsError('config_error', inTheWay(pid))
      }
      await takeAway(path, `${draft}.dead`, claim)
      await delay(10)
    }
    throw new JailopsError('internal', `The claim ${path} could not be taken.`)
  } finally {
    await rm(draft, { force: true })
  }
}

function anotherWorker(pid: string): string {
  return `Another jailops worker (process ${pid}) serves this host already; one is enough.`
}

/** Takes a dead one's claim away, but not that of somebody who was quicker to take it over. */
async function takeAway(path: string, aside: string, claim: string): Promise<void> {
  const taken = await rename(path, aside).then(
    () => true,
    () => false,
  )
  if (taken && (await readFile(aside, 'utf8')) !== claim) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
