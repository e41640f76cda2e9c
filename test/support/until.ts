import { setTimeout as pause } from 'node:timers/promises'

/** Waits until it is so. @throws when it never is */
export async function until(isSo: () => boolean | Promise<boolean>, milliseconds = 30_000): Promise<void> {
  const deadline = performance.now() + milliseconds
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${isSo.toString()}`)
    await pause(5)
  }
}
