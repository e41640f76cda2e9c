import { passLostConnection } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { LogLine } from '../../core/proxy-log.ts'
import { logLinesIn, ringName } from '../proxy/log-lines.ts'
import type { Shell } from '../shell.ts'

/** Requests that the running HAProxy still has in its memory, oldest first. */
export async function observeProxyLog(shell: Shell, { haproxy }: Layout): Promise<LogLine[]> {
  const text = await shell.exchange(haproxy.socket, `show events ${ringName}\n`, 5).catch((error: unknown) => {
    passLostConnection(error)
    return ''
  })
  return logLinesIn(text)
}
