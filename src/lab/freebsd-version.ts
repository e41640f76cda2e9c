import type { Call } from './call.ts'
import { findJail, type Host } from './host.ts'
import type { InJail } from './inside/inside.ts'
import { toReal } from './paths.ts'
import { userlandOf } from './pkg/base-packages.ts'
import { refuseOption } from './refuse.ts'
import type { Root } from './root-files.ts'

/** Of the kernel that runs, for the host and every jail. */
export const kernelRelease = '15.1-RELEASE-p1'

/** freebsd-version(1): -k the installed kernel, -r the running one, -u the userland; -j JAIL its userland. */
export function freebsdVersion(host: Host, call: Call): number {
  if (call.args[0] !== '-j') return answer({ host, folder: host.paths.host }, call, true)
  let code = 0
  for (const name of call.args.filter((_, index) => index % 2 === 1)) {
    const jail = findJail(host, name)
    if (jail === undefined) {
      call.err(`jexec: jail ${/^[0-9]+$/.test(name) ? name : `"${name}"`} not found\n`)
      code = 1
    } else code = answer({ host, folder: toReal(host.paths, jail.path) }, { ...call, args: [] }, false) || code
  }
  return code
}

export function freebsdVersionInJail({ host, root }: InJail, call: Call): number {
  return answer({ host, folder: root }, call, false)
}

function answer(root: Root, call: Call, hasKernel: boolean): number {
  const odd = call.args.find((arg) => !/^-[kru]+$/.test(arg))
  if (odd !== undefined) return refuseOption('freebsd-version', odd)
  const asked = call.args.length === 0 ? 'u' : call.args.join('')
  if (asked.includes('k')) {
    if (!hasKernel) return fail(call, 'unable to locate kernel')
    call.out(`${kernelRelease}\n`)
  }
  if (asked.includes('r')) call.out(`${kernelRelease}\n`)
  if (!asked.includes('u')) return 0
  const userland = userlandOf(root)
  if (userland === undefined) return fail(call, 'unable to determine userland version')
  call.out(`${userland}\n`)
  return 0
}

function fail(call: Call, why: string): 1 {
  call.err(`freebsd-version: ${why}\n`)
  return 1
}
