import { refuse } from '../refuse.ts'
import { appendLine, linesOf, writeText } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'
import { mustRun, setTarget } from './targets.ts'

const script: Script = {
  usage: [
    'Usage: bastille limits [option(s)] TARGET add OPTION VALUE',
    '                                   TARGET remove OPTION',
    '                                   TARGET clear|reset|stats',
    '                                   TARGET list|show [active]',
  ],
  flags: { a: 'auto', l: 'log' },
}

const actions = ['add', 'remove', 'clear', 'list', 'show', 'reset', 'stats']

/** `bastille limits`: rules live in the jail's rctl.conf, and in the kernel while it runs. */
export function limits(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, script, async ({ flags, words }) => {
    if (words.length < 2 || words.length > 4) return usage(bastille, script)
    const [target = '', second = ''] = words
    const action = actions.includes(second) ? second : 'add'
    const rest = words.slice(actions.includes(second) ? 2 : 1)
    if (rest[0] !== undefined && /^cpu(s|set)?$/.test(rest[0])) return refuse('bastille', 'limits on CPUs are not imitated here')
    if ((await ask(bastille, 'sysctl', ['-n', 'kern.racct.enable'])).text !== '1')
      return fail(bastille, "[ERROR]: Racct not enabled. Append 'kern.racct.enable=1' to /boot/loader.conf and reboot")
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    for (const jail of jails) {
      if (!(await mustRun(bastille, jail, flags.has('auto')))) continue
      say(bastille, `\n[${jail}]:`)
      await act(bastille, jail, action, rest)
    }
    return 0
  })
}

async function act(bastille: Bastille, jail: string, action: string, [option = '', value = '']: string[]): Promise<void> {
  const file = `${bastille.conf.jails}/${jail}/rctl.conf`
  const rules = linesOf(bastille, file)
  if (action === 'add') {
    const rule = `jail:${jail}:${option}:deny=${value}/jail`
    // An old rule is looked for and, by a blank in the real one's pattern, never replaced.
    if (!rules.some((each) => each.includes(`jail:${jail}:${option}:deny`))) appendLine(bastille, file, rule)
    say(bastille, `${option} ${value}`)
    await run(bastille, 'rctl', ['-a', rule])
  }
  if (action === 'remove') {
    const gone = rules.filter((each) => each.includes(`${jail}:${option}`))
    for (const rule of gone) await ask(bastille, 'rctl', ['-r', rule])
    if (gone.length > 0)
      writeRules(
        bastille,
        file,
        rules.filter((each) => !gone.includes(each)),
      )
  }
  if (action === 'list' || action === 'show') await list(bastille, jail, rules, option === 'active')
  if (action === 'stats' && rules.length > 0) await run(bastille, 'rctl', ['-hu', `jail:${jail}`])
  if (action === 'clear' || action === 'reset') {
    for (const rule of rules) await ask(bastille, 'rctl', ['-r', rule])
    if (rules.length > 0) say(bastille, 'RCTL limits cleared.')
  }
  if (action !== 'reset') return
  if (rules.length === 0) return complain(bastille, '[ERROR]: rctl.conf not found.')
  await run(bastille, 'rm', ['-f', file])
  say(bastille, 'rctl.conf removed.')
  complain(bastille, '[ERROR]: cpuset.conf not found.')
}

function writeRules(bastille: Bastille, file: string, rules: string[]): void {
  writeText(bastille, file, rules.map((rule) => `${rule}\n`).join(''))
}

async function list(bastille: Bastille, jail: string, rules: string[], isActive: boolean): Promise<void> {
  if (rules.length === 0) return
  say(bastille, '-------------\n[RCTL Limits]')
  const { text } = isActive ? await ask(bastille, 'rctl', [`jail:${jail}`]) : { text: rules.join('\n') }
  say(bastille, text)
}
