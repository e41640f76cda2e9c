import { passLostConnection } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { LogLine } from '../../core/proxy-log.ts'
import { logLinesIn, ringName } from '../proxy/log-lines.ts'
import { wholeLog } from '../proxy/nginx/log-cursor.ts'
import { nginxLogLines } from '../proxy/nginx/log-lines.ts'
import { placeText, readUpstreams } from '../proxy/nginx/upstreams.ts'
import type { Shell } from '../shell.ts'

/** Requests that the running HAProxy still has in its memory, or nginx in its log, oldest first. */
export async function observeProxyLog(shell: Shell, layout: Layout): Promise<LogLine[]> {
  if (layout.proxy === 'nginx') return observeNginxLog(shell, layout)
  const { haproxy } = layout
  const text = await shell.exchange(haproxy.socket, `show events ${ringName}\n`, 5).catch((error: unknown) => {
    passLostConnection(error)
    return ''
  })
  return logLinesIn(text)
}

/** Where several jails are behind a site, the one that answered is called by its name. */
async function observeNginxLog(shell: Shell, layout: Layout): Promise<LogLine[]> {
  const [text, upstreams] = await Promise.all([wholeLog(shell, layout), readUpstreams(shell, layout)])
  return nginxLogLines(text).map((line) => {
    const jail = upstreams.get(line.backend)?.find((server) => placeText(server) === line.server)?.jail
    return jail === undefined ? line : { ...line, server: jail }
  })
}
