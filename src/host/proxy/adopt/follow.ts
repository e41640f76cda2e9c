import { JailopsError } from '../../../core/errors.ts'
import type { Shell } from '../../shell.ts'

/** Where a path really leads; undefined where it leads nowhere. */
export async function realPath(shell: Shell, path: string): Promise<string | undefined> {
  const { exitCode, stdout, truncated } = await shell.run({ argv: ['realpath', path], timeoutSeconds: 30 })
  const real = stdout.replace(/\n$/, '')
  if (exitCode !== 0) return undefined
  if (!truncated && real.startsWith('/') && !real.includes('\n')) return real
  throw new JailopsError('host_not_ready', `realpath says of ${path} what is no path. Give the file a plain name.`)
}

/** A last link is followed only here: what it names is the host's own file, which HAProxy reads as well. */
export async function readThroughLink(shell: Shell, path: string): Promise<string | undefined> {
  const isLink = (await shell.stat(path))?.kind === 'link'
  const real = isLink ? await realPath(shell, path) : path
  return real === undefined ? undefined : shell.readFile(real)
}
