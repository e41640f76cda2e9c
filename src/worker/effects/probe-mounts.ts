import type { Shell } from '../../host/shell.ts'

/** A rename or a removal above a mount reaches into the mounted tree: `rm -rf` over a nullfs mount deleted the host's own data. */
export async function nothingMountedBelow(shell: Shell, path: string): Promise<boolean> {
  const { exitCode, stdout, truncated, timedOut } = await shell.run({ argv: ['mount', '-p'], timeoutSeconds: 30 })
  if (exitCode !== 0 || truncated || timedOut) return false
  const spellings = [path, await realSpelling(shell, path)]
  // SOURCE POINT TYPE OPTIONS DUMP PASS, counted from the end: a source may hold spaces
  const points = stdout.split('\n').map((line) => line.trim().split(/\s+/).at(-5) ?? '')
  return !points.some((point) => spellings.some((spelling) => point.startsWith(`${spelling}/`)))
}

/** mount shows real paths. Where a folder above ours is a symlink (FreeBSD's /home once was), ours has to be asked for as well. */
async function realSpelling(shell: Shell, path: string): Promise<string> {
  const prefixes = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))
  const kinds = await Promise.all(prefixes.filter((prefix) => prefix !== '').map(async (prefix) => (await shell.stat(prefix))?.kind))
  if (!kinds.includes('link')) return path
  const { exitCode, stdout } = await shell.run({ argv: ['realpath', path], timeoutSeconds: 10 })
  if (exitCode !== 0) throw new Error(`realpath ${path} failed`)
  return stdout.replace(/\n$/, '')
}
