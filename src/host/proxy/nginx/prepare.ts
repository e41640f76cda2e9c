import type { Layout } from '../../../core/layout.ts'
import type { ProxyFacts } from '../../../core/proxy.ts'
import type { RunAction, Step } from '../../../core/step.ts'
import { emptyMap } from '../maps.ts'
import { refusesStrangers } from '../reload.ts'
import { nginxFront, nginxMaps } from './configuration.ts'
import { nginxFrontServer } from './front-server.ts'
import { formerRequestLog, frontFile, frontServerFile, marker, requestLog } from './places.ts'
import { isStopped, reloadStep } from './reload.ts'

/** Far beyond what the worker lets it grow to. */
const newsyslogKilobytes = 16_384

/** What a host still lacks before routes can be added. An nginx that serves its owner's own sites goes on with them. */
export function prepareNginx(layout: Layout, proxy: ProxyFacts): Step[] {
  return [
    ...(proxy.configured ? [] : writeFiles(layout, proxy)),
    ...(proxy.enabled ? [] : [enable]),
    ...(proxy.running ? (proxy.configured ? [] : [reloadStep('it reads our files from now on')]) : [startIt(layout)]),
  ]
}

function writeFiles(layout: Layout, { routes, group = 'www' }: ProxyFacts): Step[] {
  const hasRoutes = routes.length > 0
  const { configuration, folder, logFolder, newsyslogFolder } = layout.nginxFront
  return [
    {
      title: 'Check that nginx is installed',
      action: { kind: 'require', otherwise: 'nginx is not installed on this host. Run `pkg install nginx` there, then ask again.' },
      done: { kind: 'command', argv: ['nginx', '-v'], exitCode: 0 },
    },
    { title: "Make the folder of jailops' files for nginx", action: { kind: 'folder', path: folder, mode: 0o755 } },
    { title: 'Make the folder of its log of requests', action: { kind: 'folder', path: logFolder, mode: 0o750 } },
    {
      title: `Let nginx, which runs as ${group}, look into it, and nobody else`,
      action: run('chgrp', group, logFolder),
      ...(hasRoutes ? {} : { undo: [{ action: run('rm', '-f', requestLog(layout), formerRequestLog(layout)) }] }),
    },
    { title: 'Make the folder of what newsyslog looks after', action: { kind: 'folder', path: newsyslogFolder, mode: 0o755 } },
    write('Let newsyslog keep that log short where nobody else does', `${newsyslogFolder}/jailops-nginx.conf`, newsyslogLine(layout)),
    // nginx does not start without its maps; those that hold something stay as they are
    ...(hasRoutes ? [] : nginxMaps.map((name) => write(`Write an empty map: ${name}`, `${folder}/${name}.map`, emptyMap(name)))),
    write('Write what nginx does with a request', `${folder}/${frontServerFile}`, nginxFrontServer(layout)),
    write('Write how nginx chooses a site', `${folder}/${frontFile}`, nginxFront(layout)),
    {
      title: `Let ${configuration} include them`,
      action: { kind: 'nginx-config', configuration, folder, change: { what: 'block' } },
    },
  ]
}

function write(title: string, path: string, content: string): Step {
  return { title, action: { kind: 'write', path, content, mode: 0o644 } }
}

/** newsyslog.conf(5): mode, how many are kept, from how many KB on, at any time, flags, and whom to tell: USR1 lets nginx begin it anew. */
function newsyslogLine(layout: Layout): string {
  return `${marker}\n${requestLog(layout)} 600 1 ${newsyslogKilobytes} * - ${layout.nginxFront.pidFile} 30\n`
}

const enable: Step = {
  title: 'Let nginx start with the host',
  action: run('sysrc', 'nginx_enable=YES'),
  done: { kind: 'command', argv: ['sysrc', '-n', 'nginx_enable'], stdout: 'YES' },
  undo: [{ action: run('sysrc', '-x', 'nginx_enable'), unless: { kind: 'command', argv: ['sysrc', '-n', 'nginx_enable'], exitCode: 1 } }],
}

function startIt(layout: Layout): Step {
  return {
    title: 'Start nginx',
    action: run('service', 'nginx', 'start'),
    done: refusesStrangers({ address: layout.haproxy.bindAddress, port: layout.haproxy.bindPort }),
    undo: [{ action: run('service', 'nginx', 'stop'), unless: isStopped }],
  }
}

function run(...argv: string[]): RunAction {
  return { kind: 'run', argv, timeoutSeconds: 60 }
}
