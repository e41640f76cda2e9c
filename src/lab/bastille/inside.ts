import { usage, withOptions, type Script } from './options.ts'
import { fail, run, say, type Bastille } from './session.ts'
import { mustRun, setTarget } from './targets.ts'

/** The subcommands that run one program in each jail. A stopped jail without -a is told of, with exit code 0. */
interface Inside {
  script: Script
  least: number
  most: number
  command(jail: string, words: string[], flags: Set<string>): [string, ...string[]]
}

const auto = { a: 'auto' }

const commands: Record<string, Inside> = {
  cmd: {
    script: { usage: ['Usage: bastille cmd [option(s)] TARGET COMMAND'], flags: auto },
    least: 1,
    most: Infinity,
    command: (jail, words) => ['jexec', '-l', '-U', 'root', jail, ...words],
  },
  pkg: {
    script: { usage: ['Usage: bastille pkg [option(s)] TARGET COMMAND [args]'], flags: { ...auto, H: 'host', y: 'yes' } },
    least: 1,
    most: Infinity,
    command: (jail, words, flags) => ['pkg', '-j', jail, ...(flags.has('yes') ? assumingYes(words) : words)],
  },
  service: {
    script: { usage: ['Usage: bastille service [option(s)] TARGET SERVICE_NAME ACTION'], flags: auto },
    least: 1,
    most: 2,
    command: (jail, words) => ['service', '-j', jail, ...words],
  },
  sysrc: {
    script: { usage: ['Usage: bastille sysrc [option(s)] TARGET args'], flags: auto },
    least: 1,
    most: Infinity,
    command: (jail, words) => ['sysrc', '-j', jail, ...words],
  },
}

/** The exit code of what failed is lost: 1 when it failed anywhere. */
export function inside(bastille: Bastille, name: string, args: string[]): Promise<number> | undefined {
  const known = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (known === undefined) return undefined
  const { script, least, most, command } = known
  return withOptions(bastille, args, script, async ({ flags, words }) => {
    const [target, ...rest] = words
    if (target === undefined || rest.length < least || rest.length > most) return usage(bastille, script)
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    let errors = 0
    for (const jail of jails) {
      if (!(await mustRun(bastille, jail, flags.has('auto')))) continue
      say(bastille, `\n[${jail}]:`)
      const [program, ...more] = command(jail, rest, flags)
      if ((await run(bastille, program, more)) !== 0) errors++
    }
    return errors === 0 ? 0 : fail(bastille, `[ERROR]: Command failed on ${errors} jails.`)
  })
}

/** ASSUME_ALWAYS_YES, which the lab's pkg has no environment for. */
function assumingYes([verb = '', ...rest]: string[]): string[] {
  const asks = ['install', 'delete', 'remove', 'upgrade', 'autoremove'].includes(verb)
  return asks && !rest.includes('-y') ? [verb, '-y', ...rest] : [verb, ...rest]
}
