import type { Facts, SiteDriver } from '../../core/host.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'
import { endpointOf } from '../addresses.ts'
import { firstPage, nginxConfiguration } from './nginx-configuration.ts'

const page = '/usr/local/www/nginx/index.html'
const configuration = '/usr/local/etc/nginx/nginx.conf'
const staged = `${configuration}.new`

/**
 * nginx inside a jail, put there through the jail: never by paths below its root, where a symlink planted inside leads to the host's own
 * files. What is written inside a new jail goes with it when the plan is undone, so most of these steps need no undo of their own.
 */
export function createNginxDriver({ layout }: Pick<Facts, 'layout'>): SiteDriver {
  const answers = (address: string): Probe => {
    const endpoint = endpointOf(layout, address)
    return { kind: 'http', address: endpoint.address, port: endpoint.port, path: '/', hostHeader: address, statusFrom: 200, statusTo: 499 }
  }
  return {
    install({ name, address }) {
      // also so when the jail itself is gone
      const isStopped: Probe = { kind: 'command', argv: ['service', '-j', name, 'nginx', 'status'], exitCode: 1 }
      const config = nginxConfiguration({ name, address, endpoint: endpointOf(layout, address) })
      return [
        {
          title: `Install nginx in ${name}`,
          action: run(['pkg', '-j', name, 'install', '-y', 'nginx'], 600),
          done: { kind: 'command', argv: ['pkg', '-j', name, 'info', '-e', 'nginx'], exitCode: 0 },
        },
        writeInside(name, `Write the first page of ${name}`, page, firstPage(name)),
        writeInside(name, `Write nginx's new configuration in ${name}`, staged, config),
        {
          title: 'Let nginx check its new configuration',
          action: run(['jexec', name, 'nginx', '-t', '-c', staged]),
        },
        {
          title: 'Put it in the place of the old one',
          action: run(['jexec', name, 'mv', '-f', staged, configuration]),
          done: contentIs(name, configuration, config),
        },
        {
          title: `Let nginx start with ${name}`,
          action: run(['sysrc', '-j', name, 'nginx_enable=YES']),
          done: { kind: 'command', argv: ['sysrc', '-j', name, '-n', 'nginx_enable'], stdout: 'YES' },
        },
        {
          title: `Start nginx in ${name}`,
          action: run(['service', '-j', name, 'nginx', 'start']),
          done: answers(address),
          undo: [{ action: run(['service', '-j', name, 'nginx', 'stop']), unless: isStopped }],
        },
      ]
    },
    awaitAnswer: (address) => [
      {
        title: `Wait until the site at ${address} answers`,
        action: { kind: 'await', timeoutSeconds: 30 },
        done: answers(address),
      },
    ],
  }
}

function writeInside(jail: string, title: string, path: string, content: string): Step {
  return { title, action: { ...run(['jexec', jail, 'tee', path]), stdin: content }, done: contentIs(jail, path, content) }
}

/** Compared as probes do: without the last newline. */
function contentIs(jail: string, path: string, content: string): Probe {
  return { kind: 'command', argv: ['jexec', jail, 'cat', path], stdout: content.replace(/\n$/, '') }
}

function run(argv: string[], timeoutSeconds = 60): RunAction {
  return { kind: 'run', argv, timeoutSeconds }
}
