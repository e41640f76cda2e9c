import type { LogLine } from '../../../core/proxy-log.ts'

/* nginx's log of requests, one line each: of sites, and of strangers, whom no site is. Neither headers nor queries: those hold secrets. */

export const logFormatName = 'jailops'

/**
 * Words without spaces, the path last; nothing is `-`. nginx writes what is no plain character as `\xXX`, so a line is a line. Of several
 * jails that were tried the last one is said, and when its answer began: `-` where it never did. `none`: there
 * was no jail to try.
 */
export const logFormat = `map "$jailops_backend $jailops_site" $jailops_log_site { default $jailops_site; "~^ " -; }
map $jailops_host $jailops_log_host { default $jailops_host; "" -; }
map $jailops_backend $jailops_log_backend { default $jailops_backend; "" -; }
map $upstream_addr $jailops_log_server { default -; "~(^|[ ,])(?<jailops_tried>[0-9.]+:[0-9]+)$" $jailops_tried; "~[a-z]" none; }
map $upstream_header_time $jailops_log_began { default -; "~(^|[ ,])(?<jailops_began>[0-9.]+)$" $jailops_began; }
map $request_uri $jailops_log_path { default -; "~^(?<jailops_path>[^?]+)" $jailops_path; }
log_format ${logFormatName} '$jailops_log_site $jailops_log_host $msec $remote_addr $status $bytes_sent $request_time $jailops_log_backend $jailops_log_server $jailops_log_began $request_method $jailops_log_path';`

/** Oldest first. What is no line of ours is left out. */
export function nginxLogLines(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    const [
      site = '',
      host = '',
      at = '',
      client = '',
      status = '',
      bytes,
      seconds,
      backend = '',
      server = '',
      began = '',
      method = '',
      ...path
    ] = line.split(' ')
    if (path.length === 0 || !/^[0-9]{10}[.][0-9]{3}$/.test(at) || !/^[0-9]{3}$/.test(status)) return []
    const ended = howItEnded(Number(status), server, began)
    return [
      {
        site: site === '-' ? '' : site,
        host,
        at: Math.round(Number(at) * 1000),
        client,
        status: Number(status),
        bytes: Number(bytes) || 0,
        milliseconds: Math.round(Number(seconds) * 1000) || 0,
        // who answered: the front itself, where no jail was tried
        backend: ended === 'LR' || backend === '-' ? '' : backend,
        server: server === '-' || server === 'none' ? '<NOSRV>' : server,
        ended,
        method,
        path: path.join(' '),
      },
    ]
  })
}

/** In HAProxy's two letters. */
function howItEnded(status: number, server: string, began: string): string {
  if (status === 499) return 'CD'
  if (server === '-') return 'LR'
  if (began !== '-') return '--'
  return status === 504 ? 'sH' : 'SC'
}
