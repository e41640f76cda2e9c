import { JailopsError } from '../../core/errors.ts'
import type { Endpoint } from '../../core/layout.ts'
import { backendOf, jailName } from '../../core/names.ts'
import { sha256 } from '../../core/canonical.ts'

/*
 * One file a backend. A comment says of each server which jail it is: in a slot its name cannot tell. And where a request keeps requests
 * away for a while, what weight it has otherwise.
 */

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
  /** A request keeps requests away from it until it has done with the jail; whatever its weight, HAProxy reads 0. */
  isDrained?: true
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
    const { server, jail, appPort, place, weight, isDrained } = checked(line)
    const drained = isDrained === true ? ` drained ${weight}` : ''
    const who = jail === undefined ? '' : ` # jail ${jail}${appPort === undefined ? '' : ` port ${appPort}`}${drained}`
    const idle = jail === undefined ? ' disabled' : ''
    return `  server ${server} ${place.address}:${place.port} weight ${isDrained === true ? 0 : weight} ${checkWords}${idle}${who}`
  })
  return `${marker}
backend ${backend} from ${defaultsName}
${lines.join('\n')}
`
}

/** What stands in a file of ours; undefined where it is not one of ours. */
export function serversIn(text: string): ServerLine[] | undefined {
  if (!text.startsWith('# jailops ')) return undefined
  return [...text.matchAll(serverLine)].map(([, server = '', address = '', port, weight, jail, appPort, drainedFrom]) => {
    // whoever gave it another weight by hand has ended the drain
    const isDrained = drainedFrom !== undefined && weight === '0'
    return {
      server,
      place: { address, port: Number(port) },
      weight: Number(isDrained ? drainedFrom : weight),
      ...(jail !== undefined && { jail }),
      ...(appPort !== undefined && { appPort: Number(appPort) }),
      ...(isDrained && { isDrained }),
    }
  })
}

const serverLine =
  /^ {2}server (\S+) ([0-9.]+):([0-9]+) weight ([0-9]+) check [^#\n]*?(?: # jail (\S+)(?: port ([0-9]+))?(?: drained ([0-9]+))?)?$/gm

/**
 * The text with this server drained, or not any more, and the weight that HAProxy reads of it then; every other byte stays. Undefined where
 * that is no file of ours, or has no such server.
 */
export function withDrain(text: string, server: string, isDrained: boolean): { text: string; weight: number } | undefined {
  const line = serversIn(text)?.find((one) => one.server === server)
  if (line?.jail === undefined) return undefined
  const weight = isDrained ? 0 : line.weight
  const word = isDrained ? ` drained ${line.weight}` : ''
  const changed = text.replace(serverLine, (whole, name) =>
    name === server ? whole.replace(/ weight [0-9]+ /, ` weight ${weight} `).replace(/(?: drained [0-9]+)?$/, word) : whole,
  )
  return { text: changed, weight }
}

function checked(line: ServerLine): ServerLine {
  const { jail, place, server } = line
  const isSafe = (jail === undefined || jailName.safeParse(jail).success) && /^[0-9.]+$/.test(place.address) && /^[a-z0-9_-]+$/.test(server)
  if (isSafe) return line
  throw new JailopsError('bad_argument', `${JSON.stringify(line)} cannot be written into HAProxy's configuration.`)
}
