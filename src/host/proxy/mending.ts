import { passLostConnection, toJailopsError } from '../../core/errors.ts'

export interface Reconciled {
  /** What was made as the files say, each as a sentence. */
  mended: string[]
  /** What only a reload can mend, and why. */
  lacking: string[]
  /** What is for a person. */
  problems: string[]
}

/** What cannot be mended here must not keep the rest from it. */
export async function trying(result: Reconciled, sentence: string | undefined, mend: () => Promise<void>): Promise<void> {
  try {
    await mend()
    if (sentence !== undefined) result.mended.push(sentence)
  } catch (error) {
    passLostConnection(error)
    result.problems.push(toJailopsError(error).message)
  }
}
