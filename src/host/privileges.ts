import type { Layout } from '../core/layout.ts'
import type { SshTarget } from '../core/ssh-target.ts'
import { hostPrograms, programPaths, writableRoots } from './programs.ts'
import { type AgentRules, agentText, editionOf, keptAgentPath, remoteCommand } from './ssh/agent.ts'

export type Become = Exclude<SshTarget['become'], 'none'>

/** What a host needs so that a user is jailops's there, with no more rights than that. */
export interface Privileges {
  user: string
  become: Become
  /** The whole file keptAgentPath, which root owns. */
  agent: string
  rule: Rule
  /** The line of the user's authorized_keys. */
  key: string
  /** Path and reason. */
  programs: { path: string; why: string; power?: string; isRoot?: true }[]
  folders: { path: string; mode: string; why: string; isFile?: true }[]
}

interface Rule {
  path: string
  text: string
  /** Run as root on the host; says what is wrong with the file. */
  checkCommand: string
  /** What puts it there, line by line, as root on the host. */
  install: string[]
}

/** Of a key that nobody named. */
const anyKey = 'PUBLIC-KEY-THAT-JAILOPS-LOGS-IN-WITH'

export function privilegesOf(target: SshTarget, layout: Layout, become: Become, publicKey = anyKey): Privileges {
  const folders = writableRoots(layout)
  const agent = agentText(keptRules(target, layout))
  return {
    user: target.user,
    become,
    agent: `#!/bin/sh\n# jailops made this file (jailops host privileges); root owns it, and nobody else may write it\n${agent}`,
    rule: rules[become](target.user),
    key: `restrict,command="${remoteCommand(become)}" ${publicKey}`,
    programs: hostPrograms.map(({ name, folder, ...words }) => ({ path: `${folder}/${name}`, ...words })),
    folders: [{ path: target.folder, mode: '700', why: "jailops's own: its lock, drafts, and what runs at the moment" }, ...folders],
  }
}

/** What the agent that this host is to keep calls itself; undefined where none is kept. */
export function keptEdition(target: SshTarget, layout: Layout): string | undefined {
  return target.become === 'none' ? undefined : editionOf(keptRules(target, layout))
}

function keptRules(target: SshTarget, layout: Layout): AgentRules {
  return {
    folder: target.folder,
    programFolders: layout.programFolders,
    jailRoots: layout.jailRoots,
    confineTo: layout.confineTo,
    allowedPrograms: programPaths(layout),
    writableRoots: writableRoots(layout).map(({ path }) => path),
  }
}

/** In quotes they are names. */
const doasKeywords = new Set('permit deny nopass nolog persist keepenv setenv as cmd args'.split(' '))

const rules: Record<Become, (user: string) => Rule> = {
  doas: (user) => {
    const path = '/usr/local/etc/doas.conf'
    // `args` with nothing behind it: no arguments at all
    const text = `permit nopass ${doasKeywords.has(user) ? `"${user}"` : user} as root cmd ${keptAgentPath} args\n`
    return {
      path,
      text,
      checkCommand: `doas -C ${path}`,
      install: [
        'pkg install -y doas',
        `touch ${path} && chmod 600 ${path}`,
        "# at its end, since of doas's rules the last that fits counts:",
        `echo '${text.trim()}' >> ${path}`,
      ],
    }
  },
  sudo: (user) => {
    const path = '/usr/local/etc/sudoers.d/jailops'
    // `""`: no arguments at all
    const text = `${user} ALL=(root) NOPASSWD: NOSETENV: ${keptAgentPath} ""\n`
    return {
      path,
      text,
      checkCommand: `visudo -cf ${path}`,
      install: ['pkg install -y sudo', `echo '${text.trim()}' > ${path}`, `chmod 440 ${path}`],
    }
  },
  mdo: (user) => {
    return {
      path: '/etc/sysctl.conf',
      text: `# in place of UID the number that \`id -u ${user}\` says; rules that are there already stay, with ; between\n${macDoRule('UID')}\n`,
      checkCommand: 'sysctl security.mac.do.rules',
      install: [
        'sysrc -f /boot/loader.conf mac_do_load=YES',
        'kldload -n mac_do',
        '# takes the place of all rules that are there:',
        `sysctl "${macDoRule(`$(id -u ${user})`)}"`,
        `echo "${macDoRule(`$(id -u ${user})`)}" >> /etc/sysctl.conf`,
      ],
    }
  },
}

/** FreeBSD 15's grammar (mac_do(4)); 14 wrote uid=1001:0. */
function macDoRule(uid: string): string {
  return `security.mac.do.rules=uid=${uid}>uid=0,gid=*,+gid=*`
}
