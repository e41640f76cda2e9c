import { execa } from 'execa'
import { JailopsError } from '../core/errors.ts'
import type { SshTarget } from '../core/ssh-target.ts'

/** Nobody is trusted on first use: the key must be there before. @throws config_error with how to get it */
export async function requireHostKey({ address, port, knownHosts }: SshTarget): Promise<void> {
  // as ssh itself writes it down
  const where = port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`
  const { exitCode, stdout } = await execa('ssh-keygen', ['-F', where, '-f', knownHosts], { reject: false, timeout: 10_000 })
  if (exitCode === undefined) throw new JailopsError('config_error', 'ssh-keygen could not be run; install the system’s OpenSSH.')
  const keys = stdout.split('\n').filter((line) => line.trim() !== '' && !/^(#|@revoked)/.test(line))
  if (exitCode === 0 && keys.length > 0) return
  throw new JailopsError(
    'config_error',
    [
      `${knownHosts} has no key for ${where}, and nobody is trusted on first use. Get it over a way you trust, the host’s own console say:`,
      '  cat /etc/ssh/ssh_host_ed25519_key.pub',
      `and put it into ${knownHosts} as one line:`,
      `  ${where} ssh-ed25519 AAAA…`,
    ].join('\n'),
  )
}
