import type { SiteDriver } from '../../core/drivers.ts'
import type { Facts } from '../../core/host.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'
import { endpointOf } from '../addresses.ts'
import { contentIs, writeInside } from '../inside/run.ts'
import { firstPage, mainConfiguration, mainFile, siteFiles, sitesFolder } from './nginx-configuration.ts'
import { vhostSteps } from './vhost.ts'

const page = '/usr/local/www/nginx/index.html'
const staged = `${mainFile}.new`

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
    install({ name, kernelName }, address) {
      // also so when the jail itself is gone
      const isStopped: Probe = { kind: 'command', argv: ['service', '-j', kernelName, 'nginx', 'status'], exitCode: 1 }
      const files = siteFiles({ name, address, endpoint: endpointOf(layout, address) })
      return [
        {
          title: `Install nginx in ${name}`,
          action: run(['pkg', '-j', kernelName, 'install', '-y', 'nginx'], 600),
          done: { kind: 'command', argv: ['pkg', '-j', kernelName, 'info', '-e', 'nginx'], exitCode: 0 },
        },
        writeInside({ kernelName }, page, firstPage(name), `Write the first page of ${name}`),
        { title: `Make the folder of nginx's sites in ${name}`, action: run(['jexec', kernelName, 'mkdir', '-p', sitesFolder]) },
        ...files.map(({ path, content }) =>
          writeInside({ kernelName }, path, content, `Write ${path.slice(sitesFolder.length + 1)} in ${name}`),
        ),
        writeInside({ kernelName }, staged, mainConfiguration, `Write nginx's new configuration in ${name}`),
        {
          title: 'Let nginx check its new configuration, with all that it includes',
          action: run(['jexec', kernelName, 'nginx', '-t', '-c', staged]),
        },
        {
          title: 'Put it in the place of the old one',
          action: run(['jexec', kernelName, 'mv', '-f', staged, mainFile]),
          done: contentIs(kernelName, mainFile, mainConfiguration),
        },
        {
          title: `Let nginx start with ${name}`,
          action: run(['sysrc', '-j', kernelName, 'nginx_enable=YES']),
          done: { kind: 'command', argv: ['sysrc', '-j', kernelName, '-n', 'nginx_enable'], stdout: 'YES' },
        },
        {
          title: `Start nginx in ${name}`,
          action: run(['service', '-j', kernelName, 'nginx', 'start']),
          done: answers(address),
          undo: [{ action: run(['service', '-j', kernelName, 'nginx', 'stop']), unless: isStopped }],
        },
      ]
    },
    wrote(text, name, address) {
      const site = { name, address, endpoint: endpointOf(layout, address) }
      const ours = [mainConfiguration, ...siteFiles(site).map(({ content }) => content)].join('')
      return ours.trim() === text.trim()
    },
    vhost: (jail, host) => vhostSteps(layout, jail, host),
    awaitAnswer: (address): Step[] => [
      {
        title: `Wait until the site at ${address} answers`,
        action: { kind: 'await', timeoutSeconds: 30 },
        done: answers(address),
      },
    ],
  }
}

function run(argv: string[], timeoutSeconds = 60): RunAction {
  return { kind: 'run', argv, timeoutSeconds }
}
