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
