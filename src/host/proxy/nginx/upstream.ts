import { JailopsError } from '../../../core/errors.ts'
import { jailName } from '../../../core/names.ts'
import type { Place } from '../backend-file.ts'
import { marker } from './places.ts'

/* One file an upstream. A comment says of each server which jail it is, and what nginx itself has no words for. */

export interface UpstreamServer {
  jail: string
  /** As the person said it; absent where the layout decides. */
  appPort?: number
  place: Place
  /** 0: it gets no new requests. */
  weight: number
  /** Nor does it now, whatever its weight. */
  isDrained: boolean
}

export function upstreamFile(backend: string): string {
  return `20-${backend}.conf`
}

export function upstreamOfFile(file: string): string | undefined {
  return /^20-([a-z0-9_-]+)\.conf$/.exec(file)?.[1]
}

/** nginx knows no weight 0. It checks nobody by itself: a server that failed three times is left out for five seconds. */
export function upstreamText(backend: string, servers: readonly UpstreamServer[]): string {
  const lines = servers.map((server) => {
    const { jail, appPort, place, weight, isDrained } = checked(server)
    const port = appPort === undefined ? '' : ` port ${appPort}`
    const down = weight === 0 || isDrained ? ' down' : ''
    return `  server ${place.address}:${place.port} weight=${Math.max(weight, 1)} max_fails=3 fail_timeout=5s${down}; # jail ${jail}${port} weight ${weight}${isDrained ? ' drained' : ''}`
  })
  return `${marker}
upstream ${backend} {
${lines.join('\n')}
}
`
}

/** What stands in a file of ours; undefined where it is not one of ours. */
export function upstreamIn(text: string): UpstreamServer[] | undefined {
  if (!text.startsWith(marker)) return undefined
  const lines = text.matchAll(/^ {2}server ([0-9.]+):([0-9]+) [^;\n]*; # jail (\S+)(?: port ([0-9]+))? weight ([0-9]+)( drained)?$/gm)
  return [...lines].map(([, address = '', port, jail = '', appPort, weight, drained]) => ({
    jail,
    place: { address, port: Number(port) },
    weight: Number(weight),
    isDrained: drained !== undefined,
    ...(appPort !== undefined && { appPort: Number(appPort) }),
  }))
}

function checked(server: UpstreamServer): UpstreamServer {
  if (jailName.safeParse(server.jail).success && /^[0-9.]+$/.test(server.place.address)) return server
  throw new JailopsError('bad_argument', `${JSON.stringify(server)} cannot be written into nginx's configuration.`)
}
