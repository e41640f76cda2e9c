import type { Action, Probe, Step } from '../../src/core/step.ts'
import { nginxTarget, stagedMain } from '../../src/worker/effects/nginx-config.ts'

/** Every program that a step starts by its own words, with its arguments. */
export function argvOf({ action, done, undo = [] }: Step): (readonly string[])[] {
  return [...ofAction(action), ...ofProbe(done), ...undo.flatMap(({ action: back, unless }) => [...ofAction(back), ...ofProbe(unless)])]
}

function ofAction(action: Action): (readonly string[])[] {
  switch (action.kind) {
    case 'run':
      return [action.argv, ...[action.blame, action.replaces].filter((argv) => argv !== undefined)]
    case 'write':
      return action.check === undefined ? [] : [action.check]
    case 'proxy-reload':
      return [
        ['service', 'haproxy', 'reload'],
        ['haproxy', '-x', action.socket],
      ]
    default:
      return []
  }
}

function ofProbe(probe: Probe | undefined): (readonly string[])[] {
  return probe?.kind === 'command' ? [probe.argv] : []
}

/** Files that it writes or removes. */
export function pathsChanged(action: Action): string[] {
  switch (action.kind) {
    case 'write':
    case 'remove':
    case 'folder':
    case 'remove-folder':
    case 'map-entry':
    case 'line':
    case 'edit':
      return [action.path]
    case 'move':
      return [action.from, action.to]
    case 'haproxy-splice':
      return [action.path]
    case 'acme':
      return [action.to, 'map' in action.answers ? action.answers.map : `${action.answers.folder}/token`]
    case 'certificate':
      return [action.path, ...(action.haproxy === undefined ? [] : [action.haproxy.list])]
    case 'haproxy-config':
      return [action, ...(action.more ?? [])].map(({ name }) => `${action.folder}/${name}`)
    case 'nginx-config':
      return [nginxTarget(action), stagedMain(action)]
    default:
      return []
  }
}
