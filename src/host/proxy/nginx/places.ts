import type { Layout } from '../../../core/layout.ts'
import { entriesOf } from '../maps.ts'
import type { NginxMap } from './configuration.ts'

export function nginxMapFile({ nginxFront }: Layout, name: NginxMap): string {
  return `${nginxFront.folder}/${name}.map`
}

/** host → who claimed it. nginx never reads it. */
export function nginxOwnersFile({ nginxFront }: Layout): string {
  return `${nginxFront.folder}/owners`
}

/** With a slash at its end, as it is looked up: /app is not the beginning of /apple. */
export function pathKey(host: string, path: string): string {
  return `${host}${path.replace(/\/*$/, '/')}`
}

/** `key value;` a line. */
export function nginxEntriesOf(text: string): Map<string, string> {
  return new Map([...entriesOf(text)].map(([key, value]) => [key, value.replace(/;$/, '')]))
}
