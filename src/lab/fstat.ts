import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from './call.ts'
import type { Host, RunningJail } from './host.ts'
import { actual } from './mount-table.ts'
import { runningNginx } from './nginx/nginx.ts'
import { isInside, toReal } from './paths.ts'
import { refuse } from './refuse.ts'

const header = 'USER     CMD          PID   FD MOUNT      INUM MODE         SZ|DV R/W\n'

/** `fstat -f PATH`: the daemons of jails whose roots lie there, each with what it holds open for sure. */
export function fstat(host: Host, call: Call): number {
  const [flag, path, ...more] = call.args
  if (flag !== '-f' || path === undefined || more.length > 0)
    return refuse('fstat', `${call.args.join(' ')} is not imitated here: only -f PATH`)
  const real = toReal(host.paths, path, call.cwd)
  if (lstatSync(real, { throwIfNoEntry: false }) === undefined) {
    call.err(`fstat: ${path}: No such file or directory\n`)
    return 1
  }
  call.out(header)
  const top = actual(real)
  for (const jail of host.jails) if (isInside(top, actual(toReal(host.paths, jail.path)))) call.out(linesOf(host, jail))
  return 0
}

function linesOf(host: Host, jail: RunningJail): string {
  runningNginx(jail)
  const root = actual(toReal(host.paths, jail.path))
  const mount = host.mounts
    .filter(({ place, source }) => source === undefined && isInside(place, root))
    .reduce((longest, each) => (each.on.length > longest.length ? each.on : longest), '/')
  const services = [...jail.services.values()].toSorted((one, other) => one.pid - other.pid)
  return services
    .flatMap(({ pid, command }) => {
      const program = command.replace(/^.*process /, '').split(' ')[0] ?? ''
      const own = [
        ['text', join(root, program)],
        ['wd', root],
        ['root', root],
        ['jail', root],
      ] as const
      return own.map(([kind, file]) => line(program.split('/').at(-1) ?? '', pid, kind, mount, file))
    })
    .join('')
}

function line(name: string, pid: number, kind: string, mount: string, file: string): string {
  const found = lstatSync(file, { throwIfNoEntry: false })
  const mode = found?.isDirectory() === true ? 'drwxr-xr-x' : '-r-xr-xr-x'
  const inode = String(found?.ino ?? 0).padStart(6)
  const head = `root     ${name.slice(0, 10).padEnd(10)} ${String(pid).padStart(5)} ${kind.padStart(4)}`
  return `${head} ${mount.padEnd(10)} ${inode} ${mode} ${String(found?.size ?? 0).padStart(7)}  r\n`
}
