import type { LogLine } from '../../core/proxy-log.ts'

/*
 * HAProxy's log in a ring buffer of its own memory: no syslogd, no file that grows, nothing that a reader could hold up. Another
 * process begins a new one; a `backing-file` is no help: the next one puts it aside and begins anew (tried on 2.6).
 */

export const ringName = 'jailops'

/** A quarter of a megabyte: some three thousand requests. */
export const ringSection = `ring ${ringName}
  format raw
  maxlen 1024
  size 262144
`

/** Words without spaces, the path last. Neither headers nor queries: those hold secrets. */
export const logFormat = '%[var(txn.site)] %[var(txn.host)] %Ts%ms %ci %ST %B %Ta %b %s %ts %HM %HP'

/** Oldest first. What is no line of ours, or of no site, is left out. */
export function logLinesIn(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    const [
      site = '-',
      host = '',
      at,
      client = '',
      status,
      bytes,
      milliseconds,
      backend = '',
      server = '',
      ended = '',
      method = '',
      ...path
    ] = line.split(' ')
    if (site === '-' || path.length === 0 || !/^[0-9]{13}$/.test(at ?? '')) return []
    return [
      {
        site,
        host,
        at: Number(at),
        client,
        status: Number(status) || 0,
        bytes: Number(bytes) || 0,
        milliseconds: Number(milliseconds) || 0,
        backend,
        server,
        ended,
        method,
        // some clients ask by the whole URL
        path: path.join(' ').replace(/^https?:\/\/[^/]*/, '') || '/',
      },
    ]
  })
}
