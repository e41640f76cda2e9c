import { wordsOf } from '../words.ts'

/** Directives whose first argument names a file or a folder of the jail. */
export const pathDirectives = new Set(
  wordsOf('root alias error_log access_log pid auth_basic_user_file ssl_certificate ssl_certificate_key'),
)

/** What an ordinary static or proxying site needs, and what neither reads nor writes a file by a name of its own. */
const harmless = new Set(
  wordsOf(`
  http server location events types map if set break return limit_except internal satisfy
  worker_processes worker_connections worker_rlimit_nofile worker_shutdown_timeout worker_priority use multi_accept accept_mutex pcre_jit timer_resolution
  server_name server_names_hash_bucket_size server_names_hash_max_size server_name_in_redirect port_in_redirect absolute_redirect server_tokens
  types_hash_bucket_size types_hash_max_size variables_hash_bucket_size variables_hash_max_size map_hash_bucket_size map_hash_max_size
  default_type charset add_header add_trailer expires etag if_modified_since max_ranges override_charset
  allow deny auth_basic stub_status autoindex autoindex_exact_size autoindex_format autoindex_localtime
  sendfile sendfile_max_chunk tcp_nopush tcp_nodelay aio directio output_buffers postpone_output reset_timedout_connection send_timeout
  keepalive_timeout keepalive_requests keepalive_disable lingering_close lingering_time lingering_timeout underscores_in_headers ignore_invalid_headers
  client_max_body_size client_body_buffer_size client_body_timeout client_header_buffer_size client_header_timeout large_client_header_buffers
  limit_rate limit_rate_after log_format log_not_found log_subrequest rewrite_log recursive_error_pages open_file_cache open_file_cache_errors
  open_file_cache_min_uses open_file_cache_valid
  proxy_set_header proxy_hide_header proxy_pass_header proxy_ignore_headers proxy_http_version proxy_method proxy_redirect proxy_cookie_domain proxy_cookie_path
  proxy_connect_timeout proxy_read_timeout proxy_send_timeout proxy_buffering proxy_request_buffering proxy_buffer_size proxy_buffers proxy_busy_buffers_size
  proxy_max_temp_file_size proxy_intercept_errors proxy_ignore_client_abort proxy_next_upstream proxy_next_upstream_timeout proxy_next_upstream_tries
  proxy_pass_request_body proxy_pass_request_headers proxy_socket_keepalive
  ssl_protocols ssl_ciphers ssl_prefer_server_ciphers ssl_session_timeout ssl_session_tickets
`),
)

/** Directives of which the arguments are looked at. */
const looked = new Set(wordsOf('user listen include index try_files error_page rewrite proxy_pass'))

export function isImitated(name: string): boolean {
  return harmless.has(name) || looked.has(name) || pathDirectives.has(name) || /^gzip(_[a-z]+)*$/.test(name)
}

/** A line of a types block; no directive has such a name, wherever it stands. */
export function isMediaType(name: string): boolean {
  return /^[\w.+-]+\/[\w.+-]+$/.test(name)
}

/** What is wrong with the arguments of a directive that takes URIs, which nginx puts behind the root without looking at `..` again. */
export function argumentProblem(name: string, args: string[]): string | undefined {
  const last = args.length - 1
  switch (name) {
    case 'index':
      return firstOf(args.map((arg) => (arg.includes('$') ? withVariable(arg) : uriProblem(arg))))
    case 'try_files':
      return firstOf(args.map((arg, index) => uriProblem(arg, index === last)))
    case 'error_page':
      return uriProblem(args[last] ?? '', true)
    case 'rewrite':
      return rewriteProblem(args)
    case 'if':
      return ifProblem(args)
    case 'proxy_pass':
      return proxyProblem(args[0] ?? '')
    default:
      return undefined
  }
}

function firstOf(problems: (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined)
}

function withVariable(text: string): string {
  return `${text}: a variable in a path is not imitated here`
}

function uriProblem(text: string, mayHaveArguments = false): string | undefined {
  const path = mayHaveArguments ? (text.split('?')[0] ?? '') : text
  const fixed = path.replaceAll(/\$(uri|document_uri)(?!\w)|\$\{(uri|document_uri)\}/g, '')
  if (fixed.includes('$')) return withVariable(text)
  return /\.\.|\\/.test(fixed) ? `${text}: .. and backslashes in a path are not imitated here` : undefined
}

/** A redirection goes to the browser; only what nginx looks up itself can lead anywhere. */
function rewriteProblem([, to = '', flag]: string[]): string | undefined {
  if (flag === 'redirect' || flag === 'permanent' || /^(https?:\/\/|\$scheme)/.test(to)) return undefined
  return uriProblem(to, true)
}

function ifProblem(args: string[]): string | undefined {
  if (!args.some((arg) => /^\(?!?-[fdex]$/.test(arg))) return undefined
  const condition = args.join(' ')
  return /^\( ?!?-[fdex] \$request_filename ?\)$/.test(condition) ? undefined : `${condition}: only $request_filename is looked for here`
}

function proxyProblem(to: string): string | undefined {
  const parsed = /^https?:\/\/127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(:\d{1,5})?(\/[^$\\]*)?$/.exec(to)
  if (parsed !== null && parsed.slice(1, 4).every((part) => Number(part) < 256)) return undefined
  return `${to}: only addresses in 127.0.0.0/8 are imitated here, without variables`
}
