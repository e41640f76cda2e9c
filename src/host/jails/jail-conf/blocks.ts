import { dirname, matchesGlob, resolve } from 'node:path/posix'
import type { Layout } from '../../../core/layout.ts'

/* What can be told of a jail.conf's text without jail(8). */

/** The jails of a jail.conf that jail(8) will not read at the moment, be it for one broken file that it includes. */
export function blockNames(text: string): string[] {
  const blocks = withoutComments(text).matchAll(/^[ \t]*"?([A-Za-z0-9_.-]+)"?[ \t]*\{/gm)
  return [...blocks].flatMap((block) => block[1] ?? [])
}

/**
 * The names of its jails, when it holds nothing else than `NAME { … }` with plain names: then it says nothing of jails in other files, and
 * can be read together with them. undefined where that is not sure.
 */
export function onlyBlocks(text: string): string[] | undefined {
  const names: string[] = []
  let rest = withoutComments(text).trim()
  while (rest !== '') {
    const [head, name] = /^"?([A-Za-z_][A-Za-z0-9_-]*)"?\s*\{/.exec(rest) ?? []
    const body =
      head === undefined ? undefined : /^(?:"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[^{}"'])*\}/.exec(rest.slice(head.length))
    if (head === undefined || name === undefined || body === null || body === undefined) return undefined
    names.push(name)
    rest = rest.slice(head.length + body[0].length).replace(/^[\s;]+/, '')
  }
  return new Set(names).size === names.length ? names : undefined
}

/**
 * Whether any jail that we make is part of this jail.conf too, by its own .include. A glob that covers some names only does not count,
 * nor does a file that an included file includes.
 */
export function includesAllOf(layout: Layout, text: string): boolean {
  return [...withoutComments(text).matchAll(include)].some((match) => coversFolder(layout, pathOf(match)))
}

/** The text without what it includes of the folder where each jail has its file. */
export function withoutFolder(layout: Layout, text: string): string {
  const parts = withoutComments(text)
  return [...parts.matchAll(include)].reduce(
    (rest, match) =>
      coversFolder(layout, pathOf(match)) ? rest.replace(match[0], match[0].startsWith('.') ? ' ' : match[0].charAt(0)) : rest,
    parts,
  )
}

const include = /(?:^|[\s;}])\.include\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))\s*;/g

function pathOf([, double, single, bare]: RegExpMatchArray): string {
  return double ?? single ?? bare ?? ''
}

function coversFolder(layout: Layout, path: string): boolean {
  const glob = resolve(dirname(layout.jailConf), path)
  return unlikeNames.every((name) => matchesGlob(`${layout.jailConfFolder}/${name}.conf`, glob))
}

/** A glob that covers both covers every jail's name: they have neither length nor a character in common. */
const unlikeNames = ['a', 'z-9y']

/** Quoted text stays as it is: the glob of "/etc/jail.conf.d/*.conf" begins no comment. */
function withoutComments(text: string): string {
  return text.replace(/"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|#.*|\/\/.*|\/\*[\s\S]*?\*\//g, (piece) =>
    piece.startsWith('"') || piece.startsWith("'") ? piece : ' ',
  )
}
