import type { Layout } from '../../../core/layout.ts'
import { readFiles } from '../../facts/read-files.ts'
import type { Shell } from '../../shell.ts'
import { upstreamIn, upstreamOfFile, type UpstreamServer } from './upstream.ts'

/** What our files say of each backend. */
export async function readUpstreams(shell: Shell, { nginxFront: { folder } }: Layout): Promise<Map<string, UpstreamServer[]>> {
  const files = (await shell.list(folder)).filter((file) => upstreamOfFile(file) !== undefined)
  const texts = await readFiles(
    shell,
    files.map((file) => `${folder}/${file}`),
  )
  const found = new Map<string, UpstreamServer[]>()
  for (const [path, text] of texts) {
    const name = upstreamOfFile(path.slice(folder.length + 1))
    const servers = upstreamIn(text)
    if (name !== undefined && servers !== undefined) found.set(name, servers)
  }
  return found
}

/** It gets requests, as long as it answers. */
export function serves({ weight, isDrained }: UpstreamServer): boolean {
  return weight > 0 && !isDrained
}

export function placeText({ place }: Pick<UpstreamServer, 'place'>): string {
  return `${place.address}:${place.port}`
}
