import { JailopsError } from '../core/errors.ts'

const full = /^(OOM|MISCONF)\b/
const away = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|NOAUTH|WRONGPASS|NOPERM)\b/

/** What a person is told when Redis did not do as asked. Nothing of the connection's address is in the sentence: it may hold a password. */
export function toStoreError(error: unknown): JailopsError {
  if (error instanceof JailopsError) return error
  if (isReply(error)) {
    const message = error.message
    if (full.test(message)) {
      return new JailopsError('store_full', 'The store (Redis) is full; give it more memory or disk, then try again.', { cause: error })
    }
    if (!away.test(message))
      return new JailopsError('internal', 'The store (Redis) refused a command; the log has its words.', { cause: error })
  }
  return new JailopsError('store_unavailable', 'The store (Redis) does not answer; try again in a moment.', { cause: error })
}

/** True when Redis itself said no: then it is certain that nothing was done. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

/** True when a command never left this process. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Stream isn't writeable")
}

/** Redis's reply, or what a person is told instead. */
export async function asked<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw toStoreError(error)
  }
}
