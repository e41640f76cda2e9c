import { JailopsError } from '../../core/errors.ts'
import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'
import { mustHaveBlock } from './adopt/their-block.ts'
import { baseConfiguration, baseFile, frontConfiguration, frontFile } from './configuration.ts'
import { emptyMap, mapFile, mapNames, mapsFolder } from './maps.ts'
import { refusesStrangers, reloadIt } from './reload.ts'

/** What a host still lacks before routes can be added; nothing where HAProxy runs by our files and will after a reboot. */
export function prepareHaproxy(layout: Layout, proxy: ObservedFacts['proxy']): Step[] {
  if (proxy.theirs !== undefined) mustHaveBlock(proxy.theirs)
  else if (proxy.enabled && !proxy.configured) throw ownersHaproxy(layout)
  return [
    ...(proxy.configured ? [] : writeFiles(layout, proxy.routes.length > 0)),
    ...(proxy.enabled ? [] : enable(layout)),
    ...(proxy.running ? (proxy.configured ? [] : [reloadIt(layout)]) : startIt(layout)),
  ]
}

function ownersHaproxy({ haproxy }: Layout): JailopsError {
  return new JailopsError(
    'host_not_ready',
    'HAProxy is switched on here (haproxy_enable in rc.conf) with files that jailops did not write, and jailops would put its own in their place. ' +
      `Move what you need of them into ${haproxy.configFolder}, run \`sysrc haproxy_enable=NO\`, stop it, and ask again.`,
  )
}

/** 00-base.cfg alone would not pass `haproxy -c` (it listens nowhere); with the second file both are checked. */
function writeFiles(layout: Layout, hasRoutes: boolean): Step[] {
  const { configFolder } = layout.haproxy
  return [
    {
      title: 'Check that HAProxy is installed',
      action: { kind: 'require', otherwise: 'HAProxy is not installed on this host. Run `pkg install haproxy` there, then ask again.' },
      done: { kind: 'command', argv: ['haproxy', '-v'], exitCode: 0 },
    },
    { title: "Make the folder of HAProxy's files", action: { kind: 'folder', path: configFolder, mode: 0o755 } },
    { title: 'Make the folder of its maps', action: { kind: 'folder', path: mapsFolder(layout), mode: 0o755 } },
    // HAProxy does not start without its maps; those that hold something stay as they are
    ...(hasRoutes ? [] : mapNames.map((name) => write(`Write an empty map: ${name}`, mapFile(layout, name), emptyMap(name)))),
    write("Write HAProxy's general settings", `${configFolder}/${baseFile}`, baseConfiguration(layout)),
    {
      title: 'Write how HAProxy chooses a site',
      action: { kind: 'haproxy-config', folder: configFolder, name: frontFile, content: frontConfiguration(layout) },
    },
  ]
}

function write(title: string, path: string, content: string): Step {
  return { title, action: { kind: 'write', path, content, mode: 0o644 } }
}

function enable({ haproxy }: Layout): Step[] {
  return [
    setVariable("Point HAProxy's service to these files", 'haproxy_config', haproxy.configFolder),
    setVariable('Let HAProxy start with the host', 'haproxy_enable', 'YES'),
  ]
}

function setVariable(title: string, name: string, value: string): Step {
  const isUnknown: Probe = { kind: 'command', argv: ['sysrc', '-n', name], exitCode: 1 }
  return {
    title,
    action: run('sysrc', `${name}=${value}`),
    done: { kind: 'command', argv: ['sysrc', '-n', name], stdout: value },
    undo: [{ action: run('sysrc', '-x', name), unless: isUnknown }],
  }
}

function startIt(layout: Layout): Step[] {
  const isStopped: Probe = { kind: 'command', argv: ['service', 'haproxy', 'status'], exitCode: 1 }
  return [
    {
      title: 'Check that no other HAProxy runs',
      action: {
        kind: 'require',
        otherwise:
          'HAProxy runs, but not by the files of jailops or without answering at its run-time socket, so it is left alone. ' +
          'Look at it: `service haproxy restart` gives the socket back; an HAProxy of your own has to be stopped first.',
      },
      done: isStopped,
    },
    {
      title: 'Start HAProxy',
      action: run('service', 'haproxy', 'start'),
      done: refusesStrangers(layout),
      undo: [{ action: run('service', 'haproxy', 'hardstop'), unless: isStopped }],
    },
  ]
}

function run(...argv: string[]): RunAction {
  return { kind: 'run', argv, timeoutSeconds: 60 }
}
