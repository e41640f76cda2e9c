import type { LimitDriver } from '../core/drivers.ts'
import { JailopsError } from '../core/errors.ts'
import type { Facts } from '../core/host.ts'
import type { Step } from '../core/step.ts'

type Known = Pick<Facts, 'layout' | 'limits' | 'canLimit'>

/**
 * rctl(8), the same for every manager: `jail:NAME:RESOURCE:deny=AMOUNT`, now and by rctl.conf at boot. `rctl -l` fails on a real host for
 * reasons of its own, so it is the whole list that is looked at.
 */
export function createLimitDriver(known: Known): LimitDriver {
  const { limits, canLimit } = known
  return {
    of: ({ kernelName }) => limits.filter((line) => line.startsWith(`jail:${kernelName}:`)),
    lift: ({ name }, lines) => lines.flatMap((line) => off(known, name, line)),
    bring: ({ name }, lines) => lines.flatMap((line) => on(known, name, line)),
    set({ name, kernelName }, resource, amount) {
      if (!canLimit) throw racctIsOff()
      const subject = `jail:${kernelName}:${resource}:deny`
      const old = limits.filter((line) => line.startsWith(`${subject}=`))
      const rule = amount === undefined ? undefined : `${subject}=${amount}`
      if (old.length === 1 && old[0] === rule) return []
      return [...old.flatMap((line) => off(known, name, line)), ...(rule === undefined ? [] : on(known, name, rule))]
    },
  }
}

function off({ layout, canLimit }: Known, name: string, line: string): Step[] {
  return [
    { title: `Take a limit of ${name} out of rctl.conf`, action: { kind: 'line', path: layout.rctlConf, line, on: false } },
    ...(canLimit ? [rctl(`Lift that limit of ${name}`, '-r', line)] : []),
  ]
}

/** Where the kernel does not count it has no rules, and takes none away: there it is the file alone. */
function on({ layout, canLimit }: Known, name: string, line: string): Step[] {
  return [
    { title: `Limit ${name} at every boot`, action: { kind: 'line', path: layout.rctlConf, line, on: true } },
    ...(canLimit ? [rctl(`Limit ${name} now`, '-a', line)] : []),
  ]
}

/** A line that somebody wrote after the last boot is no rule of the kernel yet. */
function rctl(title: string, flag: '-a' | '-r', line: string): Step {
  const rule = asShown(line)
  const stands = { kind: 'command', argv: ['rctl'], word: rule } satisfies Step['done']
  const isGone = { kind: 'command', argv: ['rctl'], noWord: rule } satisfies Step['done']
  const argv = (one: string) => ({ kind: 'run', argv: ['rctl', one, rule], timeoutSeconds: 30, unlessDone: true }) satisfies Step['action']
  return flag === '-a'
    ? { title, action: argv('-a'), done: stands, undo: [{ action: argv('-r'), unless: isGone }] }
    : { title, action: argv('-r'), done: isGone, undo: [{ action: argv('-a'), unless: stands }] }
}

/** The kernel shows bytes where a person wrote `2g`, and leaves out whose each amount is where that is the jail. */
function asShown(line: string): string {
  const [, subject = line, number = '', unit = ''] =
    /^(jail:[^:]+:[a-z]+:[a-z0-9]+=)([0-9]+)([kmgtpe]?)(?:\/jail)?(?:\s.*)?$/i.exec(line) ?? []
  if (number === '') return line
  return `${subject}${BigInt(number) * 1024n ** BigInt(['', 'k', 'm', 'g', 't', 'p', 'e'].indexOf(unit.toLowerCase()))}`
}

function racctIsOff(): JailopsError {
  return new JailopsError(
    'host_not_ready',
    'The kernel of this host does not count what jails use, so no limit would hold: write kern.racct.enable=1 into /boot/loader.conf and reboot the host.',
  )
}
