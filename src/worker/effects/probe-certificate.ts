import type { Probe } from '../../core/step.ts'
import { certificatesIn } from '../../host/proxy/certificates/pem.ts'
import type { Shell } from '../../host/shell.ts'

/** A real handshake, from the host itself: the leaf that is shown is the first of that file. */
export async function showsCertificate(
  shell: Shell,
  { address, port, serverName, path }: Extract<Probe, { kind: 'certificate' }>,
): Promise<boolean> {
  const [wanted] = certificatesIn((await shell.readFile(path)) ?? '')
  if (wanted === undefined) return false
  const argv = ['openssl', 's_client', '-connect', `${address}:${port}`, '-servername', serverName]
  const { stdout } = await shell.run({ argv, stdin: '', timeoutSeconds: 10 })
  const [shown] = certificatesIn(stdout)
  return shown !== undefined && shown.fingerprint256 === wanted.fingerprint256
}
