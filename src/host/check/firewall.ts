import { isYes, rcVariable } from '../facts/boot.ts'
import { answerOf, good, itSaid, type Look, type Seen, shown, unknown, warning } from './look.ts'

export async function checkFirewall(look: Look): Promise<Seen[]> {
  const [ipfwLoaded, pfLoaded, ipfwEnabled, pfEnabled] = await Promise.all([
    isLoaded(look, 'ipfw'),
    isLoaded(look, 'pf'),
    isEnabled(look, 'firewall_enable'),
    isEnabled(look, 'pf_enable'),
  ])
  const seen: Seen[] = []
  if (ipfwLoaded) seen.push(atBoot('ipfw', 'firewall_enable', ipfwEnabled), await ipfwNat(look))
  if (pfLoaded) seen.push(atBoot('pf', 'pf_enable', pfEnabled), await pfNat(look))
  if (!ipfwLoaded && !pfLoaded) seen.push(noFirewall(look, ipfwEnabled || pfEnabled))
  if (ipfwEnabled) seen.push(...(await defaultDeny(look)))
  return seen
}

/** Never by a command of the firewall's own: kldstat loads nothing. */
async function isLoaded(look: Look, module: string): Promise<boolean> {
  return (await answerOf(look, 'kldstat', '-q', '-m', module)).exitCode === 0
}

async function isEnabled({ shell }: Look, variable: string): Promise<boolean> {
  return isYes(await rcVariable(shell, variable))
}

function atBoot(name: string, variable: string, enabled: boolean): Seen {
  if (enabled) return good(`${name} is loaded, and ${variable} is YES in rc.conf.`)
  return warning(
    `${name} is loaded, but ${variable} is not YES in rc.conf: after a reboot its rules, and NAT with them, are gone.`,
    `sysrc ${variable}=YES`,
  )
}

async function ipfwNat(look: Look): Promise<Seen> {
  const rules = await answerOf(look, 'ipfw', 'list')
  if (rules.exitCode !== 0) return unknown(`Whether ipfw translates the jails' addresses is not known: ${itSaid(rules)}.`)
  const uses = [...rules.stdout.matchAll(/^\d+ (?:.* )?nat (\d+|tablearg|global) /gm)]
  if (uses.length === 0) return noNat(look, 'ipfw has no nat rule', ...ipfwRemedy)
  const instances = await answerOf(look, 'ipfw', 'nat', 'show', 'config')
  const configured = /^ipfw nat \d+ config /m.test(instances.stdout)
  if (instances.exitCode === 0 && !configured)
    return noNat(look, `ipfw has a rule for nat ${shown(uses[0]?.[1] ?? '')}, but no nat is configured`, ...ipfwRemedy)
  return good(
    `ipfw translates addresses (${shown(instances.stdout) || `nat ${uses[0]?.[1] ?? ''}`}); whether its rules let ${look.layout.pool} out is yours to say.`,
  )
}

async function pfNat(look: Look): Promise<Seen> {
  const rules = await answerOf(look, 'pfctl', '-s', 'nat')
  if (rules.exitCode !== 0) return unknown(`Whether pf translates the jails' addresses is not known: ${itSaid(rules)}.`)
  const nat = rules.stdout.split('\n').find((line) => /^nat(?:-anchor)? /.test(line))
  if (nat === undefined) return noNat(look, 'pf has no nat rule', ...pfRemedy(look))
  return good(`pf translates addresses (${shown(nat)}).`)
}

function noFirewall(look: Look, enabled: boolean): Seen {
  const start = enabled ? ', though rc.conf switches one on' : ''
  return noNat(look, `Neither ipfw nor pf is loaded${start}`, ...ipfwRemedy)
}

/** Not `lacks`: a pool that is routed by somebody else needs no translation. */
function noNat({ layout }: Look, what: string, ...remedy: string[]): Seen {
  return warning(
    `${what}: unless ${layout.pool} is routed elsewhere, jails reach nobody outside, and pkg in a new jail needs that.`,
    ...remedy,
  )
}

/**
 * For sh and csh alike, which root's login shell may be: no variables, backquotes and not `$(…)`, and comments on lines of their own with
 * nothing but words, since a csh that is typed into has none.
 */
const external = "`route -n get default | sed -n 's/.*interface: //p'`"

/** With `open`, so that nobody locks himself out: default-deny rules are a decision of their own. */
const ipfwRemedy = [
  'sysrc firewall_enable=YES firewall_type=open firewall_nat_enable=YES',
  '# the interface of the default route: name another one if that leads outside',
  `sysrc firewall_nat_interface=${external}`,
  '# from a console: rules of your own may cut this session',
  'service ipfw start',
]

function pfRemedy({ layout }: Look): string[] {
  return [
    '# prints the line to put into /etc/pf.conf before the filter rules: name another interface if that leads outside',
    `echo nat on ${external} inet from ${layout.pool} to any '->' "(${external})"`,
    '# when it stands there',
    'pfctl -nf /etc/pf.conf && service pf reload',
  ]
}

/** What firewall_type makes of a host at its next boot. */
async function defaultDeny(look: Look): Promise<Seen[]> {
  const { shell } = look
  const [type, script] = await Promise.all([rcVariable(shell, 'firewall_type'), rcVariable(shell, 'firewall_script')])
  if (script !== '' && script !== '/etc/rc.firewall') return []
  const accepts = await answerOf(look, 'sysctl', '-n', 'net.inet.ip.fw.default_to_accept')
  if (accepts.stdout.trim() === '1') return []
  if (type === '' || /^(unknown|closed)$/i.test(type)) {
    return [
      warning(
        `firewall_type is ${type === '' ? 'not set' : shown(type)}: at its next start ipfw has only its last rule, which denies everything, ssh and jails too.`,
        '# open, or the absolute path of a file with rules of your own',
        'sysrc firewall_type=open',
      ),
    ]
  }
  return []
}
