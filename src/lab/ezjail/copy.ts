import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { run } from './run.ts'

/** `cd FROM && find . | cpio -p -v TO`: cpio names every file on standard error, and then how much it was. */
export async function copyTree(host: Host, from: string, to: string, call: Call): Promise<boolean> {
  const real = toReal(host.paths, from)
  if (lstatSync(real, { throwIfNoEntry: false })?.isDirectory() !== true) {
    call.err(`cd: ${from}: No such file or directory\n`)
    return false
  }
  if ((await run(host, call, 'cp', ['-a', `${from}/.`, to])) !== 0) return false
  sayCopied(real, '.', to, call)
  return true
}

export function sayCopied(folder: string, name: string, to: string, call: Call): void {
  const files = found(folder, name)
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const blocks = Math.ceil(bytes / 512)
  call.err(`${files.map((file) => `${to}/${file.name}\n`).join('')}${blocks} block${blocks === 1 ? '' : 's'}\n`)
}

/** `find NAME` in a folder. */
function found(folder: string, name: string): { name: string; size: number }[] {
  const stat = lstatSync(join(folder, name), { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [{ name, size: stat.size }]
  return [{ name, size: 0 }, ...readdirSync(join(folder, name)).flatMap((child) => found(folder, `${name}/${child}`))]
}
