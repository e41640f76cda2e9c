import type { X509Certificate } from 'node:crypto'
import { JailopsError } from '../../../core/errors.ts'
import type { Shell } from '../../shell.ts'
import { orAway } from '../socket.ts'

/** Certificates of the running HAProxy. */
export interface CertificateSocket {
  /** sha1 of the leaf that it has of this file; undefined where it has none; `away` where no HAProxy runs. */
  shown(path: string): Promise<string | undefined>
  /** Of those that it has, by their files. */
  fingerprints(paths: readonly string[]): Promise<Map<string, string>>
  /** Whether the list leads to that file, for whom. */
  listed(list: string, path: string): Promise<string[]>
  /** The whole list; undefined where the running HAProxy has none. */
  entries(list: string): Promise<Entry[] | undefined>
  /** Read back. @throws step_failed */
  put(certificate: Put): Promise<void>
  /** Read back. @throws step_failed */
  remove(list: string, path: string): Promise<void>
}
export interface Put {
  list: string
  path: string
  site: string
  leaf: X509Certificate
  /** Without an empty line, which would end it. */
  text: string
}
/** A line of the list: which file is shown to whom. */
export interface Entry {
  path: string
  site: string
  /** Its number in the running list. */
  line: string
}
const timeoutSeconds = 5
/** Commands in one exchange: far below what HAProxy reads at once. */
const askedAtOnce = 50
const words = /^(?:\/[A-Za-z0-9._+@/-]*(:[0-9]+)?|(\*\.)?[a-z0-9.-]+)$/

export function createCertificateSocket(shell: Shell, socket: string): CertificateSocket {
  const say = async (command: string, named: readonly string[], payload?: string) => {
    const text = [command, ...named.map(safe)].join(' ')
    return shell.exchange(socket, payload === undefined ? `${text}\n` : `${text} <<\n${payload.trimEnd()}\n\n`, timeoutSeconds)
  }
  const known = async (path: string) => shownIn(await say('show ssl cert', [path]))
  const allEntries = async (list: string) => {
    const answer = await say('show ssl crt-list -n', [list])
    return answer.startsWith('#') ? entriesIn(answer) : undefined
  }
  const entries = async (list: string, path: string) => ((await allEntries(list)) ?? []).filter((entry) => entry.path === path)

  return {
    shown: (path) => orAway(known(path)),
    async fingerprints(paths) {
      const found = new Map<string, string>()
      for (let start = 0; start < paths.length; start += askedAtOnce) {
        const commands = paths.slice(start, start + askedAtOnce).map((path) => `show ssl cert ${safe(path)}`)
        const answer = await shell.exchange(socket, `${commands.join('; ')}\n`, timeoutSeconds)
        for (const about of answer.split(/^Filename: /m).slice(1)) {
          const fingerprint = shownIn(about)
          if (fingerprint !== undefined) found.set(about.slice(0, about.indexOf('\n')), fingerprint)
        }
      }
      return found
    },
    entries: allEntries,
    listed: async (list, path) => (await entries(list, path)).map(({ site }) => site),
    async put({ list, path, site, leaf, text }) {
      // what a killed worker began stays open, and nobody else could begin
      await say('abort ssl cert', [path])
      const created = /Not found/i.test(await say('show ssl cert', [path])) ? await say('new ssl cert', [path]) : ''
      const set = await say('set ssl cert', [path], text)
      if (!/transaction (created|updated)/i.test(set)) throw refused(`set ssl cert${created === '' ? '' : ', a new one'}`, set)
      const committed = await say('commit ssl cert', [path])
      if (!/Success/.test(committed)) throw refused('commit ssl cert', committed)
      const listed = await entries(list, path)
      if (listed.length !== 1 || listed[0]?.site !== site) {
        await unlist(list, path)
        const added = await say('add ssl crt-list', [list], `${path} ${site}`)
        if (!/Success/.test(added)) throw refused('add ssl crt-list', added)
      }
      const now = await known(path)
      if (now === sha1Of(leaf)) return
      throw new JailopsError('step_failed', `HAProxy took the certificate ${path}, but has ${now ?? 'none'} there.`)
    },
    async remove(list, path) {
      await unlist(list, path)
      await say('abort ssl cert', [path])
      const answer = await say('del ssl cert', [path])
      const left = await say('show ssl cert', [path])
      if (!/Not found/i.test(left)) throw refused('del ssl cert', answer)
    },
  }

  async function unlist(list: string, path: string): Promise<void> {
    for (const { line } of (await entries(list, path)).toReversed()) {
      const answer = await say('del ssl crt-list', [list, line === '' ? path : `${path}:${line}`])
      if (/Can't/i.test(answer)) throw refused('del ssl crt-list', answer)
    }
  }
}

function safe(word: string): string {
  if (words.test(word)) return word
  throw new JailopsError('bad_argument', `HAProxy is never told ${JSON.stringify(word)}.`)
}

/** What was said is not repeated: a payload holds a key. */
function refused(what: string, answer: string): JailopsError {
  return new JailopsError('step_failed', `HAProxy did not do it (${what}): ${answer.trim().split('\n').at(-1)?.slice(0, 200) ?? ''}`)
}

export function sha1Of(leaf: X509Certificate): string {
  return leaf.fingerprint.replaceAll(':', '')
}

/** `Name: value` a line; one that was only begun has none of them. */
function shownIn(answer: string): string | undefined {
  return /^SHA1 FingerPrint: ([0-9A-F]+)$/im.exec(answer)?.[1]?.toUpperCase()
}

/** `PATH:LINE SITE`; settings in brackets are none of ours. */
function entriesIn(answer: string): Entry[] {
  const lines = answer.matchAll(/^(\/[^\s:]+)(?::([0-9]+))?(?: \[[^\]]*\])?(?: (.*))?$/gm)
  return [...lines].map(([, path = '', line = '', site = '']) => ({ path, line, site: site.trim() }))
}
