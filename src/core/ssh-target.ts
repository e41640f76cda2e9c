import { z } from 'zod'
import { absolutePath } from './layout.ts'

/** How a host is reached that runs no Node: by the system's OpenSSH. */
export const sshTargetSchema = z.strictObject({
  /** A host name or an IP address. `::1` may begin with a colon, and nothing with what a program could take for an option. */
  address: z.string().regex(/^([A-Za-z0-9]|:(?=:[0-9A-Fa-f:.]))[A-Za-z0-9.:-]{0,252}$/, 'must be a host name or an IP address'),
  port: z.int().min(1).max(65535).default(22),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]{0,31}$/, 'must be a user name')
    .default('root'),
  /** A file in the form of known_hosts that has this host's key: nobody is ever trusted on first use. */
  knownHosts: absolutePath,
  /** A private key. Absent: the agent that SSH_AUTH_SOCK names. */
  identity: absolutePath.optional(),
  /** What makes the user root there. `jailops host privileges` prints what it needs. */
  become: z.enum(['none', 'doas', 'sudo', 'mdo']).default('none'),
  /** jailops's own folder on that host. */
  folder: absolutePath.default('/var/db/jailops'),
})
export type SshTarget = z.infer<typeof sshTargetSchema>
