import { amountOf } from '../../../core/amount.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Probe, RunAction, Step } from '../../../core/step.ts'
import { jailConfOf } from './paths.ts'

/*
 * Always jail(8) by the jail's own file. `bastille start` and `stop` say 0 whatever happens, and `stop` first stops every jail in whose settings.conf
 * the name stands as a word, be it part of another name. What they do besides is done here, as far as it is of use on a host without pf: the
 * limits of `bastille limits` (rctl.conf, cpuset.conf) are set and lifted. Jails that this one needs, or that need it, are the commands' to start and stop.
 * Left out are pf's table of addresses and `bastille rdr`, which jailops never uses, and a priority means something at boot only.
 */

/** A full jail takes seconds to start; an rc script that waits for the network takes its time too. */
const timeoutSeconds = 180

type Seen = Pick<Facts, 'layout' | 'canLimit'>

export function startJail(facts: Seen, jail: Jail): Step[] {
  const { name } = jail
  return [
    {
      title: `Start ${name}`,
      action: run(facts, '-c', jail),
      done: { kind: 'jail', name, running: true },
      undo: [{ action: run(facts, '-r', jail), unless: { kind: 'jail', name, running: false } }],
    },
    ...limitsOf(facts, jail).map((rule): Step => ({
      title: `Limit ${name} as bastille was told (${rule})`,
      action: rctl('-a', rule),
      done: stands(rule),
      undo: [{ action: rctl('-r', rule), unless: isGone(rule) }],
    })),
    ...cpusOf(jail).map((cpus): Step => ({
      title: `Keep ${name} on the processors ${cpus}, as bastille was told`,
      action: { kind: 'run', argv: ['cpuset', '-l', cpus, '-j', name], timeoutSeconds: 30 },
    })),
  ]
}

export function stopJail(facts: Seen, jail: Jail): Step[] {
  const { name } = jail
  return [
    {
      title: `Stop ${name}`,
      action: run(facts, '-r', jail),
      // a failing exec.stop leaves the jail running
      done: { kind: 'jail', name, running: false },
      undo: [{ action: run(facts, '-c', jail), unless: { kind: 'jail', name, running: true } }],
    },
    // else each start would add them once more
    ...limitsOf(facts, jail).map((rule): Step => ({
      title: `Lift what bastille limits of ${name} (${rule})`,
      action: rctl('-r', rule),
      done: isGone(rule),
      undo: [{ action: rctl('-a', rule), unless: stands(rule) }],
    })),
  ]
}

/** As rctl(8) says them back. */
function limitsOf({ canLimit }: Seen, { properties }: Jail): string[] {
  const rules = canLimit ? (properties['bastille.limits'] ?? '').split(' ') : []
  return rules.flatMap((rule) => {
    const [, subject, amount] = /^(jail:[A-Za-z0-9_-]+:[a-z]+:[a-z]+)=([0-9]+[kmg]?)(?:\/jail)?$/i.exec(rule) ?? []
    return subject === undefined || amount === undefined ? [] : [`${subject}=${amountOf(amount)}`]
  })
}

function cpusOf({ properties }: Jail): string[] {
  const cpus = properties['bastille.cpuset'] ?? ''
  return /^[0-9,-]+$/.test(cpus) ? [cpus] : []
}

/** Not where it holds already: whoever started or stopped the jail by bastille did it. */
function rctl(flag: '-a' | '-r', rule: string): RunAction {
  return { kind: 'run', argv: ['rctl', flag, rule], timeoutSeconds: 30, unlessDone: true }
}

function stands(rule: string): Probe {
  return { kind: 'command', argv: ['rctl'], word: rule }
}

function isGone(rule: string): Probe {
  return { kind: 'command', argv: ['rctl'], noWord: rule }
}

function run({ layout }: Seen, flag: '-c' | '-r', { name }: Jail): RunAction {
  return { kind: 'run', argv: ['jail', '-f', jailConfOf(layout, name), flag, name], timeoutSeconds }
}
