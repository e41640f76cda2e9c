import { createHash } from 'node:crypto'
import type { Layout } from '../../../core/layout.ts'
import type { ProxyFacts } from '../../../core/proxy.ts'
import type { Step } from '../../../core/step.ts'
import { usersFile, usersFolder } from './places.ts'

/*
 * Who may come in by a password: a file a site, `USER:{SSHA}HASH` a line, which nginx's workers read at each request, so it counts at once.
 * Its group may go into the folder and nobody else; of the files in there nothing needs to be said.
 *
 * {SSHA} is nginx' own: the same on FreeBSD and everywhere else. A slow one of crypt(3), such as $6$, would cost each request of a page
 * some milliseconds of a worker that everybody waits for, and make guessing harder that is hopeless anyway: our passwords are random.
 */

/** Makes room for the first of them. */
export function prepareUsers(layout: Layout, { group = 'www', settings }: Pick<ProxyFacts, 'group' | 'settings'>): Step[] {
  if (Object.values(settings).some(({ users }) => users !== undefined)) return []
  const folder = usersFolder(layout)
  return [
    { title: 'Make the folder of passwords', action: { kind: 'folder', path: folder, mode: 0o750 } },
    {
      title: `Let nginx, which runs as ${group}, look into it`,
      action: { kind: 'run', argv: ['chgrp', group, folder], timeoutSeconds: 10 },
    },
  ]
}

export function nginxPassword(layout: Layout, host: string, user: string): Step {
  return { title: `Give ${user} a new password for ${host}`, action: action(layout, host, user, true) }
}

export function noNginxPassword(layout: Layout, host: string, user: string): Step {
  return { title: `${user} comes into ${host} no more`, action: action(layout, host, user, false) }
}

function action(layout: Layout, host: string, user: string, on: boolean): Step['action'] {
  return { kind: 'nginx-password', path: usersFile(layout, host), host, user, on }
}

/** What of a password stands in the file. */
export function saltedHash(password: string, salt: Buffer): string {
  const digest = createHash('sha1').update(password).update(salt).digest()
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`
}

/** USER → HASH */
export function usersIn(text: string): Map<string, string> {
  const lines = text.matchAll(/^([^:#\s]+):(\S+)$/gm)
  return new Map([...lines].map(([, user = '', hash = '']) => [user, hash]))
}
