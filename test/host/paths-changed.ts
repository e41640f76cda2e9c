import type { Action } from '../../src/core/step.ts'
import { nginxTarget, stagedMain } from '../../src/worker/effects/nginx-config.ts'

/** Which files an action writes, makes or removes by itself. */
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
      return [action.to, action.map]
    case 'certificate':
      return [action.path, action.list]
    case 'haproxy-config':
      return [action, ...(action.more ?? [])].map(({ name }) => `${action.folder}/${name}`)
    case 'nginx-config':
      return [nginxTarget(action), stagedMain(action)]
    default:
      return []
  }
}
