import { JailopsError } from '../../core/errors.ts'
import type { Endpoint } from '../../core/layout.ts'
import { backendOf, jailName } from '../../core/names.ts'
import { sha256 } from '../../core/canonical.ts'

/* One file a backend. A comment says of each server which jail it is: in a slot its name cannot tell. */

const marker = '# jailops made this file and writes it anew as a whole'

/** Settings of all that is ours; backends that come while HAProxy runs get them, too. */
export const defaultsName = 'jail'
export const checkWords = 'check inter 5s fastinter 1s fall 3 rise 2'

/** Where a target listens. */
export type Place = Pick<Endpoint, 'address' | 'port'>

export interface ServerLine {
  /** Its name in HAProxy. */
  server: string
  /** Absent: nobody's, it waits for one. */
  jail?: string
  /** As the person said it; absent where the layout decides. */
  appPort?: number
  place: Place
  weight: number
}

/** A jail's own web server, or an app of it. */
export function backendName(target: { jail: string; port?: number | undefined }): string {
  return target.port === undefined ? backendOf(target.jail) : `${backendOf(target.jail)}_${target.port}`
}

/** Several jails behind one site. */
export function groupName(site: string): string {
  return `site_${sha256(site).slice(0, 12)}`
}

export function backendFile(backend: string): string {
  return `20-${backend}.cfg`
}

export function backendOfFile(file: string): string | undefined {
  return /^20-([a-z0-9_-]+)\.cfg$/.exec(file)?.[1]
}

export function backendText(backend: string, servers: readonly ServerLine[]): string {
  const lines = servers.map((line) => {
    const { server, jail, appPort, place, weight } = checked(line)
    const who = jail === undefined ? '' : ` # jail ${jail}${appPort === undefined ? '' : ` port ${appPort}`}`
    const idle = jail === undefined ? ' disabled' : ''
    return `  server ${server} ${place.address}:${place.port} weight ${weight} ${checkWords}${idle}${who}`
  })
  return `${marker}
backend ${backend} from ${defaultsName}
${lines.join('\n')}
`
}

/** What stands in a file of ours; undefined where it is not one of ours. */
export function serversIn(text: string): ServerLine[] | undefined {
  if (!text.startsWith('# jailops ')) return undefined
  const ownJail = /^backend jail_([a-z0-9-]+) /m.exec(text)?.[1]
  const lines = text.matchAll(
    /^ {2}server (\S+) ([0-9.]+):([0-9]+)(?: weight ([0-9]+))? check [^#\n]*?(?: # jail (\S+)(?: port ([0-9]+))?)?$/gm,
  )
  return [...lines].map(([, server = '', address = '', port, weight, said, appPort]) => {
    // before there was a weight there was no comment, for every backend was named like its jail
    const jail = said ?? (weight === undefined ? ownJail : undefined)
    return {
      server,
      place: { address, port: Number(port) },
      weight: Number(weight ?? 100),
      ...(jail !== undefined && { jail }),
      ...(appPort !== undefined && { appPort: Number(appPort) }),
    }
  })
}

function checked(line: ServerLine): ServerLine {
  const { jail, place, server } = line
  const isSafe = (jail === undefined || jailName.safeParse(jail).success) && /^[0-9.]+$/.test(place.address) && /^[a-z0-9_-]+$/.test(server)
  if (isSafe) return line
  throw new JailopsError('bad_argument', `${JSON.stringify(line)} cannot be written into HAProxy's configuration.`)
}
