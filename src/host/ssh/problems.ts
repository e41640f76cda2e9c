import type { SshTarget } from '../../core/ssh-target.ts'
import { keptAgentPath } from './agent.ts'

/** Why there is no connection. A permanent one needs a person. */
export interface Problem {
  /** Without its full stop. */
  why: string
  permanent: boolean
}

/** ssh's own failures; any other code is that of what it started on the host. */
const sshFailed = 255

/** What ssh, or what it started, said when it gave up, as a sentence that says what to do. No exit code: ssh was ended by us. */
export function problemOf(complaint: string, target: SshTarget, exitCode: number | undefined): Problem {
  const { address, port, user, knownHosts, identity, become } = target
  const lines = complaint.split(/\r?\n/).filter((line) => line.trim() !== '')
  const last = lines.at(-1)?.trim().replace(/\.$/, '') ?? 'ssh ended without a word'
  if (become !== 'none' && exitCode !== undefined && exitCode !== sshFailed) {
    return permanent(`${become} does not start ${keptAgentPath} on ${address} (${last}); do what \`jailops host privileges\` prints`)
  }
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(complaint)) {
    return permanent(
      `${address} shows another host key than the one in ${knownHosts}; find out why, and put the new key there only if it is the host's own`,
    )
  }
  if (/Host key verification failed|host key is known/.test(complaint)) {
    const where = port === 22 ? address : `[${address}]:${port}`
    return permanent(`the host key of ${address} is not in ${knownHosts}; get it from the host itself and add a line for ${where}`)
  }
  if (/Permission denied/.test(complaint)) {
    const key = identity ?? 'any key of the agent that SSH_AUTH_SOCK names'
    return permanent(`${user}@${address} does not take ${key} (${last}); add its public key to that account's authorized_keys`)
  }
  return { why: last, permanent: false }
}

function permanent(why: string): Problem {
  return { why, permanent: true }
}

export function otherEdition(target: SshTarget, theirs: string, ours: string): Problem {
  return permanent(
    `${keptAgentPath} on ${target.address} is not the one that this jailops makes for this layout (${theirs}, not ${ours}); put there what \`jailops host privileges\` prints`,
  )
}

export function heldByOther(target: SshTarget, owner: string): Problem {
  return permanent(
    `another jailops worker (${owner}) serves ${target.address} and holds ${target.folder}/lock; one is enough, so stop one of them (if that one is gone for good, remove the lock)`,
  )
}

export function unsafeFolder(target: SshTarget): Problem {
  return permanent(
    `${target.folder} on ${target.address} is a symbolic link or belongs to another user; put a folder there that belongs to the user that jailops is on the host, or name another one`,
  )
}
