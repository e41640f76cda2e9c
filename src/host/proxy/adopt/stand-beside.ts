import type { Layout } from '../../../core/layout.ts'
import type { ProxyFacts, TheirProxy } from '../../../core/proxy.ts'
import type { Probe, RunAction, Step } from '../../../core/step.ts'
import { baseFile, frontFile } from '../configuration.ts'
import { emptyMap, mapFile, mapNames, mapsFolder } from '../maps.ts'
import { isStopped, reloadBack } from '../reload.ts'
import { firstSlots, spareFile } from '../slots.ts'
import { besideConfiguration, theirLink } from './beside.ts'

/**
 * Lets HAProxy start by our folder, in which their file has its place through a link: the rc script checks and reads no other files than
 * those that `haproxy_config` names. What it does stays the same until the block comes in.
 */
export function standBeside(
  layout: Layout,
  { lacks = [], backends }: Pick<ProxyFacts, 'lacks' | 'backends'>,
  { path, named = '' }: TheirProxy,
): Step[] {
  const { configFolder } = layout.haproxy
  const link = `${configFolder}/${theirLink}`
  return [
    {
      title: 'Check that HAProxy runs',
      action: {
        kind: 'require',
        otherwise:
          'HAProxy is switched on but does not run, so nobody could see that all goes on as before. Run `service haproxy start` first.',
      },
      done: { kind: 'command', argv: ['service', 'haproxy', 'status'], exitCode: 0 },
    },
    { title: "Make the folder of jailops's files for HAProxy", action: { kind: 'folder', path: configFolder, mode: 0o755 } },
    { title: 'Make the folder of its maps', action: { kind: 'folder', path: mapsFolder(layout), mode: 0o755 } },
    // those that are there stay as they are
    ...mapNames
      .map((name) => ({ name, path: mapFile(layout, name) }))
      .filter(({ path: map }) => lacks.includes(map.slice(configFolder.length + 1)))
      .map(({ name, path: map }): Step => ({
        title: `Write an empty map: ${name}`,
        action: { kind: 'write', path: map, content: emptyMap(name), mode: 0o644 },
      })),
    // of a time when all was ours: its settings would count for theirs
    { title: "Take jailops's own general settings away", action: { kind: 'remove', path: `${configFolder}/${baseFile}` } },
    {
      title: `Give ${path} its place among these files`,
      action: { ...run('ln', '-s', path, link), unlessDone: true },
      done: { kind: 'command', argv: ['realpath', link], stdout: path },
      undo: [{ action: run('rm', link), unless: { kind: 'path', path: link, exists: false } }],
    },
    besideFile(
      layout,
      firstSlots().filter((slot) => !backends.some(({ name }) => name === slot)),
    ),
    {
      title: "Point HAProxy's service to the folder",
      action: run('sysrc', `haproxy_config=${configFolder}`),
      done: isNow(configFolder),
      // their file is as it was by then: what is undone comes in reverse
      undo: [
        named === ''
          ? {
              action: run('sysrc', '-x', 'haproxy_config'),
              unless: { kind: 'command', argv: ['sysrc', '-n', 'haproxy_config'], exitCode: 1 },
            }
          : { action: run('sysrc', `haproxy_config=${named}`), unless: isNow(named) },
        { action: reloadBack(layout, 'it runs by its own file again', 'their-files'), unless: isStopped },
      ],
    },
  ]
}

/** With backends for the jails to come. */
export function besideFile(layout: Layout, slots: readonly string[] = []): Step {
  const { configFolder } = layout.haproxy
  const more = slots.map(spareFile)
  return {
    title: 'Write what the block needs beside that file',
    action: {
      kind: 'haproxy-config',
      folder: configFolder,
      name: frontFile,
      content: besideConfiguration(layout),
      ...(more.length > 0 && { more }),
    },
  }
}

function isNow(value: string): Probe {
  return { kind: 'command', argv: ['sysrc', '-n', 'haproxy_config'], stdout: value }
}

function run(...argv: string[]): RunAction {
  return { kind: 'run', argv, timeoutSeconds: 60 }
}
