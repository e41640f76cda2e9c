import type { LimitDriver } from '../core/drivers.ts'
import { JailopsError } from '../core/errors.ts'
import type { Facts } from '../core/host.ts'
import type { Step } from '../core/step.ts'

/**
 * rctl(8), the same for every manager: `jail:NAME:RESOURCE:deny=AMOUNT`, now and by rctl.conf at boot. `rctl -l` fails on a real host for
 * reasons of its own, so it is the whole list that is looked at.
 */
export function createLimitDriver({ layout, limits, canLimit }: Pick<Facts, 'layout' | 'limits' | 'canLimit'>): LimitDriver {
  return {
    of: ({ kernelName }) => limits.filter((line) => line.startsWith(`jail:${kernelName}:`)),
    lift: ({ name }, lines) => lines.flatMap((line) => off(layout.rctlConf, name, line)),
    bring: ({ name }, lines) => lines.flatMap((line) => on(layout.rctlConf, name, line)),
    set({ name, kernelName }, resource, amount) {
      if (!canLimit) throw racctIsOff()
      const subject = `jail:${kernelName}:${resource}:deny`
      const old = limits.filter((line) => line.startsWith(`${subject}=`))
      const rule = amount === undefined ? undefined : `${subject}=${amount}`
      if (old.length === 1 && old[0] === rule) return []
      return [...old.flatMap((line) => off(layout.rctlConf, name, line)), ...(rule === undefined ? [] : on(layout.rctlConf, name, rule))]
    },
  }
}

function off(path: string, name: string, line: string): Step[] {
  return [
    { title: `Take a limit of ${name} out of rctl.conf`, action: { kind: 'line', path, line, on: false } },
    rctl(`Lift that limit of ${name}`, '-r', line),
  ]
}

function on(path: string, name: string, line: string): Step[] {
  return [{ title: `Limit ${name} at every boot`, action: { kind: 'line', path, line, on: true } }, rctl(`Limit ${name} now`, '-a', line)]
}

function rctl(title: string, flag: '-a' | '-r', rule: string): Step {
  const stands = { kind: 'command', argv: ['rctl'], word: rule } satisfies Step['done']
  const isGone = { kind: 'command', argv: ['rctl'], noWord: rule } satisfies Step['done']
  const argv = (one: string) => ({ kind: 'run', argv: ['rctl', one, rule], timeoutSeconds: 30 }) satisfies Step['action']
  return flag === '-a'
    ? { title, action: argv('-a'), done: stands, undo: [{ action: argv('-r'), unless: isGone }] }
    : { title, action: argv('-r'), done: isGone, undo: [{ action: argv('-a'), unless: stands }] }
}

function racctIsOff(): JailopsError {
  return new JailopsError(
    'host_not_ready',
    'The kernel of this host does not count what jails use, so no limit would hold: write kern.racct.enable=1 into /boot/loader.conf and reboot the host.',
  )
}
