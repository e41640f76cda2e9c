import { nginxTokens } from './block.ts'

/** A server of theirs that listens at every address, at a port where ours listens at one. */
interface Unreached {
  port: string
  /** Empty where it says none. */
  names: string[]
  /** Where ours listens. */
  ours: string
}

interface Listening {
  file: string
  places: string[]
  names: string[]
}

/**
 * What comes to an address is asked of those servers alone that listen at this very address, as soon as there is one: so of those that listen
 * at every address, `listen 80`, nobody would be reached there any more. @param dump what `nginx -T` prints
 */
export function unreachedServers(dump: string, isOurs: (file: string) => boolean): Unreached[] {
  const servers = serversIn(dump)
  const ours = new Map<string, string>()
  for (const { file, places } of servers) if (isOurs(file)) for (const place of places) ours.set(portOf(place), place)
  return servers
    .filter(({ file, names }) => !isOurs(file) && names.join() !== sampleName)
    .flatMap(({ places, names }) =>
      places.flatMap((place) => {
        const at = ours.get(portOf(place))
        return at === undefined || !isEverywhere(place) ? [] : [{ port: portOf(place), names, ours: at }]
      }),
    )
}

/** Of the sample that comes with nginx: nobody's site. */
const sampleName = 'localhost'

function serversIn(dump: string): Listening[] {
  const found: Listening[] = []
  let file = ''
  let words: string[] = []
  let blocks: (Listening | undefined)[] = []
  for (const [token] of dump.matchAll(nginxTokens)) {
    const begun = /^# configuration file (.+):$/.exec(token)?.[1]
    if (begun !== undefined) {
      file = begun
      blocks = []
    }
    if (token.startsWith('#')) continue
    if (token === '{') blocks.push(words.join() === 'server' ? { file, places: [], names: [] } : blocks.at(-1))
    if (token === '}') blocks.pop()
    if (token === ';') note(blocks.at(-1) ?? { file, places: [], names: [] }, words, found)
    words = token === '{' || token === '}' || token === ';' ? [] : [...words, token]
  }
  return found
}

/** Lines of a server may stand in a file that it includes. */
function note(server: Listening, [directive, ...values]: readonly string[], found: Listening[]): void {
  if (directive === 'server_name') server.names.push(...values)
  if (directive !== 'listen') return
  server.places.push(values[0] ?? '')
  if (!found.includes(server)) found.push(server)
}

function portOf(place: string): string {
  return /(?:^|:)([0-9]+)$/.exec(place)?.[1] ?? '80'
}

function isEverywhere(place: string): boolean {
  return /^(?:[0-9]+|(?:\*|0\.0\.0\.0)(?::[0-9]+)?)$/.test(place)
}
