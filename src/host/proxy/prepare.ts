import { JailopsError } from '../../core/errors.ts'
import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'
import { renewBlock } from './adopt/adopt.ts'
import { besideFile } from './adopt/stand-beside.ts'
import { mustHaveBlock } from './adopt/their-block.ts'
import { baseConfiguration, baseFile, frontConfiguration, frontFile } from './configuration.ts'
import { emptyMap, mapFile, mapNames, mapsFolder, ownersFile } from './maps.ts'
import { changeAndReload, isStopped, refusesStrangers, reloadIt } from './reload.ts'
import { type ConfigFile, firstSlots, spareFile } from './slots.ts'

/** What a host still lacks before routes can be added; nothing where HAProxy runs by our files and will after a reboot. */
export function prepareHaproxy(layout: Layout, proxy: ObservedFacts['proxy']): Step[] {
  if (proxy.theirs !== undefined) mustHaveBlock(proxy.theirs)
  else if (proxy.enabled && !proxy.configured) throw ownersHaproxy(layout)
  const lacks = proxy.lacks ?? []
  return [
    ...(proxy.configured ? filesToRenew(layout, proxy) : writeFiles(layout, lacks)),
    ...(proxy.theirs === undefined ? [] : renewBlock(layout, proxy.theirs)),
    ...(proxy.enabled ? [] : enable(layout)),
    ...(proxy.running ? (proxy.configured ? [] : [reloadIt(layout, 'it reads the files of jailops from now on')]) : startIt(layout)),
  ]
}

function ownersHaproxy({ haproxy }: Layout): JailopsError {
  return new JailopsError(
    'host_not_ready',
    'HAProxy is switched on here (haproxy_enable in rc.conf) with files that jailops did not write, and jailops would put its own in their place. ' +
      `Move what you need of them into ${haproxy.configFolder}, run \`sysrc haproxy_enable=NO\`, stop it, and ask again.`,
  )
}

function writeFiles(layout: Layout, lacks: readonly string[]): Step[] {
  const { configFolder } = layout.haproxy
  return [
    {
      title: 'Check that HAProxy is installed',
      action: { kind: 'require', otherwise: 'HAProxy is not installed on this host. Run `pkg install haproxy` there, then ask again.' },
      done: { kind: 'command', argv: ['haproxy', '-v'], exitCode: 0 },
    },
    { title: "Make the folder of HAProxy's files", action: { kind: 'folder', path: configFolder, mode: 0o755 } },
    { title: 'Make the folder of its maps', action: { kind: 'folder', path: mapsFolder(layout), mode: 0o755 } },
    ...emptyMaps(layout, lacks),
    configuration(layout, 'Write how HAProxy chooses a site', firstSlots().map(spareFile), false),
  ]
}

/** HAProxy does not start without its maps; those that are there stay as they are. */
function emptyMaps(layout: Layout, lacks: readonly string[]): Step[] {
  const { configFolder } = layout.haproxy
  return [...mapNames.map((name) => ({ name, path: mapFile(layout, name) })), { name: 'owners' as const, path: ownersFile(layout) }]
    .filter(({ path }) => lacks.includes(path.slice(configFolder.length + 1)))
    .map(({ name, path }) => write(`Write an empty map: ${name}`, path, emptyMap(name)))
}

/** Alone neither would pass `haproxy -c`: the one listens nowhere, the other has no settings. */
function configuration(layout: Layout, title: string, slots: readonly ConfigFile[], tls: boolean): Step {
  const front = { name: frontFile, content: frontConfiguration(layout, { tls }) }
  return {
    title,
    action: {
      kind: 'haproxy-config',
      folder: layout.haproxy.configFolder,
      name: baseFile,
      content: baseConfiguration(layout),
      more: [front, ...slots],
    },
  }
}

/** Files of an older jailops, or of another layout. */
function filesToRenew(layout: Layout, { lacks = [], running, tls, theirs }: ObservedFacts['proxy']): Step[] {
  const maps = emptyMaps(layout, lacks)
  if (!lacks.includes(baseFile) && !lacks.includes(frontFile)) return maps
  if (theirs !== undefined) return [...maps, ...changeAndReload(layout, besideFile(layout), 'its settings are of an older jailops')]
  const change = configuration(layout, "Bring HAProxy's settings to what jailops writes today", [], tls === true)
  return [...maps, ...(running ? changeAndReload(layout, change, 'its settings are of an older jailops') : [change])]
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
      done: refusesStrangers({ address: layout.haproxy.bindAddress, port: layout.haproxy.bindPort }),
      undo: [{ action: run('service', 'haproxy', 'hardstop'), unless: isStopped }],
    },
  ]
}

function run(...argv: string[]): RunAction {
  return { kind: 'run', argv, timeoutSeconds: 60 }
}
