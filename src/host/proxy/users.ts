import { sha256 } from '../../core/canonical.ts'
import type { Layout } from '../../core/layout.ts'
import type { Step } from '../../core/step.ts'
import { mapFile } from './maps.ts'

/* Who may come in by a password. HAProxy has it as a line `sha256 of host|Authorization header → host/user`. */

export function userWithPassword(layout: Layout, host: string, user: string): Step {
  return { title: `Give ${user} a new password for ${host}`, action: action(layout, host, user, true) }
}

export function userAway(layout: Layout, host: string, user: string): Step {
  return { title: `${user} comes into ${host} no more`, action: action(layout, host, user, false) }
}

function action(layout: Layout, host: string, user: string, on: boolean): Step['action'] {
  return { kind: 'proxy-password', socket: layout.haproxy.socket, path: mapFile(layout, 'auth'), host, user, on }
}

/** What stands in the map for a user: the front makes the same of what a browser sends. Unsalted, so only for random passwords. */
export function passwordKey(host: string, user: string, password: string): string {
  return sha256(`${host}|Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)
}

export function userValue(host: string, user: string): string {
  return `${host}/${user}`
}
