import type { SshTarget } from '../../core/ssh-target.ts'
import { remoteCommand } from './agent.ts'

const always = ['-F', 'none', '-T', '-e', 'none', '-o', 'BatchMode=yes', '-o', 'PermitLocalCommand=no']

/** The one connection; nobody is trusted whose key is not in the given file, and nothing is written into it. */
export function masterArguments(target: SshTarget, controlPath: string): string[] {
  const options = {
    ControlMaster: 'yes',
    ControlPath: quote(controlPath),
    ControlPersist: 'no',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: quote(target.knownHosts),
    GlobalKnownHostsFile: '/dev/null',
    UpdateHostKeys: 'no',
    VerifyHostKeyDNS: 'no',
    CheckHostIP: 'no',
    PreferredAuthentications: 'publickey',
    ServerAliveInterval: '5',
    ServerAliveCountMax: '2',
    ConnectTimeout: '10',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    ...(target.identity === undefined ? { IdentityFile: 'none' } : { IdentitiesOnly: 'yes', IdentityFile: quote(target.identity) }),
  }
  return [...always, ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), ...destination(target)]
}

/** One session over it, never by a connection of its own. */
export function sessionArguments(target: SshTarget, controlPath: string): string[] {
  const options = ['-o', 'ControlMaster=no', '-o', `ControlPath=${quote(controlPath)}`, '-o', 'ProxyCommand=false']
  return [...always, ...options, ...destination(target)]
}

function destination({ port, user, address, become }: SshTarget): string[] {
  return ['-p', String(port), '-l', user, '--', address, remoteCommand(become)]
}

/** A path as one word: ssh takes a space for its end, and puts words of its own in the place of `%h`. */
function quote(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
