import type { Layout } from '../../../core/layout.ts'
import { logFormatName } from './log-lines.ts'
import { marker, requestLog, usersFolder } from './places.ts'

/**
 * What every server of the front does with a request, whichever way it came: everything is decided before the one `proxy_pass`, by what the
 * maps of the front answer, in the order of HAProxy's. Only a password is asked for behind the page of maintenance and the way elsewhere.
 */
export function nginxFrontServer(layout: Layout): string {
  const { tlsPort } = layout.haproxy
  const { folder } = layout.nginxFront
  return `${marker}
access_log ${requestLog(layout)} ${logFormatName};
server_tokens off;
default_type text/html;
underscores_in_headers off;
ignore_invalid_headers on;
client_max_body_size 0;
# what an authority wants to read comes and goes
open_file_cache off;
add_header Retry-After $jailops_retry_after always;
add_header Cache-Control $jailops_cache_control always;
add_header Strict-Transport-Security $jailops_sts always;

if ($jailops_host = "") { return 400; }
if ($jailops_two_names) { return 400; }
# one connection is for one name: whoever came for it does not get another by it
if ($jailops_misdirected) { return 421 "this connection is for another name"; }
if ($jailops_backend = "") { return 421 "no such site"; }
if (-f $jailops_answer) { rewrite ^ /.well-known/jailops-answer last; }
if ($jailops_to_https) { return 308 https://$jailops_host${tlsPort === 443 ? '' : `:${tlsPort}`}$request_uri; }
if ($jailops_refused) { return 403; }
if ($jailops_maintenance) { return 503 "<!doctype html><title>Back soon</title><h1>Back soon</h1><p>This site is being worked on.</p>"; }
if ($jailops_redirect) { return 301 $jailops_redirect$request_uri; }

location = /.well-known/jailops-answer {
  internal;
  default_type text/plain;
  alias $jailops_answer;
}

# what nginx itself says where no jail is there, or is let in: its own word for it is another than HAProxy's
location @jailops_nobody { return 503 "<!doctype html><title>Not available</title><h1>Not available</h1><p>This site does not answer now.</p>"; }

location / {
  error_page 502 =503 @jailops_nobody;
  auth_basic $jailops_realm;
  auth_basic_user_file ${usersFolder(layout)}/$jailops_users;
  include ${folder}/limit_*.inc;
  limit_req_status 429;
  proxy_http_version 1.1;
  proxy_set_header Host $jailops_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host "";
  proxy_set_header X-Real-IP "";
  proxy_set_header Forwarded "";
  proxy_set_header Proxy "";
  proxy_set_header Authorization $jailops_authorization;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $jailops_connection;
  proxy_hide_header Strict-Transport-Security;
  proxy_connect_timeout 3s;
  proxy_read_timeout 60s;
  proxy_request_buffering off;
  proxy_redirect off;
  proxy_pass http://$jailops_backend;
}
`
}
