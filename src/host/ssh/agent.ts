import { sha256 } from '../../core/canonical.ts'
import { JailopsError } from '../../core/errors.ts'
import type { SshTarget } from '../../core/ssh-target.ts'
import { fixedEnvironment } from '../shell/environment.ts'
import { agentBase } from './agent-base.ts'
import { agentFiles } from './agent-files.ts'
import { agentGroups } from './agent-groups.ts'
import { agentHold } from './agent-hold.ts'
import { agentOutput } from './agent-output.ts'
import { agentRun } from './agent-run.ts'

/** Both ends must speak the same; raise it with every change of what is said or answered. */
export const protocolVersion = '4'
/** Where the agent of a host lies whose user becomes root by doas, sudo or mdo. */
export const keptAgentPath = '/usr/local/libexec/jailops-agent'

export interface AgentRules {
  /** jailops's own folder on the host. */
  folder: string
  programFolders: readonly string[]
  jailRoots: string
  confineTo?: string | undefined
  /** Absolute paths of the only programs that may be started. Absent: all. */
  allowedPrograms?: readonly string[]
  /** The only folders in which anything is changed, besides jailops's own. Absent: all. */
  writableRoots?: readonly string[]
}

/** The whole agent, a POSIX sh program, as it is kept on a host as keptAgentPath (after a `#!/bin/sh` line). */
export function agentText(rules: AgentRules): string {
  // In braces: what arrived only in part is no program at all.
  return `{\nedition=${editionOf(rules)}\n${programOf(rules)}\nserve\nexit 0\n}\n`
}

/** What the agent says when it starts: by it one that was kept from another jailops or for another layout is known. */
export function editionOf(rules: AgentRules): string {
  return `${protocolVersion}-${sha256(programOf(rules)).slice(0, 12)}`
}

function programOf(rules: AgentRules): string {
  const settings = {
    version: protocolVersion,
    folder: rules.folder,
    program_folders: list(rules.programFolders),
    jail_roots: rules.jailRoots,
    confine_to: rules.confineTo ?? '',
    any_program: rules.allowedPrograms === undefined ? '1' : '',
    allowed_programs: list(rules.allowedPrograms ?? []),
    any_root: rules.writableRoots === undefined ? '1' : '',
    writable_roots: list(rules.writableRoots ?? []),
    environment: Object.entries(fixedEnvironment)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  }
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}`)
  return `${assignments.join('\n')}\n${agentBase}${agentFiles}${agentGroups}${agentOutput}${agentRun}${agentHold}`
}

/** The same without what only people read: it is sent at the start of each session. */
export function sentAgent(rules: AgentRules): string {
  return agentText(rules)
    .replaceAll(/^ +/gm, '')
    .replaceAll(/^(?:#.*)?\n/gm, '')
}

/**
 * What a session starts: always the same words, which sh and csh read alike. Then the agent itself follows on its stdin, as its length and
 * that many bytes (a line would be read byte by byte); a kept one needs nothing.
 */
export function remoteCommand(become: SshTarget['become']): string {
  switch (become) {
    case 'none':
      return `exec /bin/sh -c 'read -r n && eval "$(dd bs=$n count=1 iflag=fullblock 2>/dev/null)"'`
    case 'doas':
      return `exec doas -n ${keptAgentPath}`
    case 'sudo':
      return `exec sudo -n ${keptAgentPath}`
    case 'mdo':
      return `exec mdo -u root ${keptAgentPath}`
  }
}

function list(values: readonly string[]): string {
  const bad = values.find((value) => value.includes(':'))
  if (bad !== undefined)
    throw new JailopsError('config_error', `"${bad}" has a colon in it; a folder or program of a host over ssh may not.`)
  return values.join(':')
}

function quote(value: string): string {
  if (/[\0\n]/.test(value)) throw new JailopsError('config_error', `"${value}" has a line break in it; a path of a host over ssh may not.`)
  return `'${value.replaceAll("'", String.raw`'\''`)}'`
}
