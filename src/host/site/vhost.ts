import { JailopsError } from '../../core/errors.ts'
import type { Jail } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'
import { endpointOf } from '../addresses.ts'
import { contentIs } from '../inside/run.ts'
import { firstPage, folderOfHost, vhostConfiguration, vhostFile, vhostSign } from './nginx-configuration.ts'

/** Files of its own for one host name, in a jail whose nginx jailops set up and that runs. */
export function vhostSteps(
  layout: Layout,
  { name, kernelName, address }: Pick<Jail, 'name' | 'kernelName' | 'address'>,
  host: string,
): Step[] {
  if (address === undefined)
    throw new JailopsError('jail_stopped', `${name} has no address, so no site of it can answer. Start it first: /jail start ${name}`)
  const endpoint = endpointOf(layout, address)
  const inside = (...argv: string[]): RunAction => ({ kind: 'run', argv: ['jexec', kernelName, ...argv], timeoutSeconds: 60 })
  const folder = folderOfHost(host)
  const file = vhostFile(host)
  const page = `${folder}/index.html`
  const content = vhostConfiguration(host)
  const reload: RunAction = { kind: 'run', argv: ['service', '-j', kernelName, 'nginx', 'reload'], timeoutSeconds: 60 }
  const isGone: Probe = { kind: 'command', argv: ['jexec', kernelName, 'cat', file], notExitCode: 0 }
  return [
    // what is broken before us must not be found when ours is taken back
    { title: `Let nginx in ${name} check its configuration as it is`, action: inside('nginx', '-t') },
    {
      title: `Make the folder of ${host} in ${name}`,
      action: { ...inside('mkdir', '-p', folder), unlessDone: true },
      done: { kind: 'command', argv: ['jexec', kernelName, 'ls', '-d', folder], exitCode: 0 },
      undo: [{ action: inside('rmdir', folder), mayFail: true }],
    },
    {
      // a page that is there is its owner's
      title: `Write a first page of ${host}, if it has none`,
      action: { ...inside('tee', page), stdin: firstPage(name, host), unlessDone: true },
      done: { kind: 'command', argv: ['jexec', kernelName, 'cat', page], exitCode: 0 },
      undo: [{ action: inside('rm', page) }],
    },
    {
      title: `Let nginx in ${name} answer for ${host} from there`,
      action: { ...inside('tee', file), stdin: content },
      done: contentIs(kernelName, file, content),
      // what it answers then is its default site again
      undo: [{ action: inside('rm', file), unless: isGone }, { action: reload }],
    },
    { title: 'Let nginx check its configuration with that in it', action: inside('nginx', '-t') },
    {
      title: `Reload nginx in ${name}`,
      action: reload,
      done: {
        kind: 'http',
        address: endpoint.address,
        port: endpoint.port,
        path: vhostSign,
        hostHeader: host,
        statusFrom: 204,
        statusTo: 204,
      },
    },
  ]
}
