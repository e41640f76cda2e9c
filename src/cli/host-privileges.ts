import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { JailopsError } from '../core/errors.ts'
import { type Layout, layoutSchema } from '../core/layout.ts'
import type { SshTarget } from '../core/ssh-target.ts'
import { type Become, type Privileges, privilegesOf } from '../host/privileges.ts'
import { keptAgentPath } from '../host/ssh/agent.ts'
import type { Config } from '../config/schema.ts'
import { configOf } from './config-check.ts'
import { listedHost } from './listed-host.ts'

const becomeSchema = z.enum(['doas', 'sudo', 'mdo'], 'must be doas, sudo or mdo')
const partSchema = z.enum(['agent', 'rule', 'key'], 'must be agent, rule or key')

/** Prints what a user needs on a host, and why; nothing is sent there. @throws usage, unknown_host, which_host */
export async function hostPrivileges(name: string, options: { config?: string; become?: string; part?: string }): Promise<void> {
  const become = options.become === undefined ? undefined : parsed(becomeSchema, '--become', options.become)
  const part = options.part === undefined ? undefined : parsed(partSchema, '--part', options.part)
  const { target, layout } = sshHostOf(configOf(options), name)
  const how = become ?? (target.become === 'none' ? 'doas' : target.become)
  const privileges = privilegesOf(asUser(target), layout, how, publicKeyOf(target))
  process.stdout.write(part === undefined ? renderPrivileges(name, target, privileges) : partOf(privileges, part))
}

function parsed<T>(schema: z.ZodType<T>, option: string, value: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new JailopsError('usage', `${option} ${result.error.issues[0]?.message ?? 'is not valid'}.`)
}

function sshHostOf(config: Config, name: string): { target: SshTarget; layout: Layout } {
  const listed = listedHost(config, name)
  if (listed.ssh === undefined) {
    throw new JailopsError('which_host', `${name} is not reached by ssh (it has a worker of its own), so no user has to become root there.`)
  }
  return { target: listed.ssh, layout: listed.layout ?? layoutSchema.parse({}) }
}

/** Who is root already needs no way to become it; the page is then about a user that is yet to be made. */
function asUser(target: SshTarget): SshTarget {
  return target.user === 'root' ? { ...target, user: 'jailops' } : target
}

const publicKeyPattern = /^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}( [\x20-\x7e]*)?$/

/** What ssh-keygen put beside the private key, if it lies there. */
function publicKeyOf({ identity }: SshTarget): string | undefined {
  const file = `${identity}.pub`
  if (identity === undefined || !existsSync(file)) return undefined
  const line = readFileSync(file, 'utf8').trim()
  return publicKeyPattern.test(line) ? line : undefined
}

function partOf({ agent, rule, key }: Privileges, part: z.infer<typeof partSchema>): string {
  switch (part) {
    case 'agent':
      return agent
    case 'rule':
      return rule.text
    case 'key':
      return `${key}\n`
  }
}

/** The whole page: plain text, with each block that is to be copied indented. */
export function renderPrivileges(name: string, target: SshTarget, privileges: Privileges): string {
  const { user, become, rule, key, programs, folders } = privileges
  const changed = target.user !== user || target.become !== become
  const agentCommand = `jailops host privileges ${name} --become ${become} --part agent`
  const fresh = `${keptAgentPath}.new`
  // by sh, whatever root's own shell is, and with no variable: csh knows no F=…
  const putAgent = `exec /bin/sh -c "umask 077; mkdir -p -m 755 /usr/local/libexec; cat > ${fresh} && chown root:wheel ${fresh} && chmod 555 ${fresh} && mv ${fresh} ${keptAgentPath}"`
  return [
    `What ${name} needs so that jailops works there as ${user}, who becomes root by ${become}`,
    '',
    ...(changed ? [`(${name} is reached as ${target.user}${target.become === 'none' ? '' : ` by ${target.become}`} now; see 6.)`, ''] : []),
    `jailops logs in as ${user} and starts one program as root, without arguments: ${keptAgentPath}.`,
    'What it may start and where it may write stands at its own top. All that follows is typed as root on the host, in `sh`, but for 2 and 6.',
    '',
    '1. The user',
    ...block(`pw useradd ${user} -m -s /bin/sh -w no`),
    '2. The agent, from this machine; again after each update of jailops and each change of the layout, an older one is refused',
    ...block(`${agentCommand} | ${sshAsRoot(target)} '${putAgent}'`),
    '3. The folders that it may write in; those that stand already stay as they are',
    ...block(...folders.filter(({ isFile }) => isFile !== true).map(({ path, mode }) => `[ -d ${path} ] || mkdir -p -m ${mode} ${path}`)),
    `4. The rule, in ${rule.path}`,
    ...block(...rule.install, '# must find nothing wrong:', rule.checkCommand),
    ...ruleWords[become],
    `5. The key, one line of ~${user}/.ssh/authorized_keys`,
    ...block(key),
    '   restrict takes away: a terminal, forwarding of ports, of the agent and of X11, and ~/.ssh/rc; jailops needs none of them.',
    '   command= lets this key start the agent and nothing else, whatever is asked for.',
    '',
    '6. In jailops.yaml, here',
    ...block(`hosts: { ${name}: { ssh: { user: ${user}, become: ${become} } } }   # beside what stands there`),
    'Then look:',
    ...block(`jailops host check ${name}`),
    'What it may start, and why',
    ...columns(programs.map((program) => [program.path, `${program.why}${powerOf(program)}`])),
    '',
    'Where it may write, and why',
    ...columns(folders.map(({ path, why }) => [path, why])),
    '',
    ...honestly(become),
    '',
  ].join('\n')
}

/** As jailops itself reaches it: nobody is trusted on first use here either. */
function sshAsRoot({ address, port, knownHosts }: SshTarget): string {
  const known = `-o UserKnownHostsFile=${knownHosts} -o StrictHostKeyChecking=yes`
  return `ssh ${port === 22 ? '' : `-p ${port} `}${known} root@${address}`
}

const ruleWords: Record<Become, string[]> = {
  doas: ['   It fits this one program, and only when it is started without arguments.', ''],
  sudo: ['   It fits this one program, and only when it is started without arguments; no variable may be set for it.', ''],
  mdo: [
    '   mac_do(4) says who may become whom, not by which program: this rule gives the user ALL OF ROOT. What is left as a limit is',
    '   command= in 5, and that holds for this key only. Take doas or sudo where that is not enough.',
    '',
  ],
}

function honestly(become: Become): string[] {
  const limit = become === 'mdo' ? 'a stolen key starts nothing but the agent' : 'the rule and the key start nothing but the agent'
  return [
    'What this is worth',
    `  It limits accidents: jailops starts and writes nothing beyond these lists, and ${limit}.`,
    '  It is no wall against somebody who has the key, or is that user on the host, and speaks as jailops does: the agent reads every file',
    '  of the host as root, and what is marked above is as good as root for whoever chooses the arguments; so is a configuration in',
    '  the folder of jails, whose hooks run on the host when its jail starts.',
    '  So keep this key as you would keep the one of root, and let it come from one address only: from="ADDRESS", in front of restrict.',
  ]
}

function powerOf({ power, isRoot }: Privileges['programs'][number]): string {
  if (power === undefined) return ''
  return isRoot === true ? ` [as good as root: ${power}]` : ` [with other arguments ${power}]`
}

function block(...lines: string[]): string[] {
  return ['', ...lines.map((line) => `     ${line}`), '']
}

function columns(rows: readonly (readonly [string, string] | string[])[]): string[] {
  const width = Math.max(...rows.map(([first = '']) => first.length))
  return rows.map(([first = '', second = '']) => `  ${first.padEnd(width)}  ${second}`)
}
