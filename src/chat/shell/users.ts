import { readFile } from 'node:fs/promises'

/** The login name of a uid, for showing; the number itself where /etc/passwd does not know it (LDAP and the like). */
export async function loginName(uid: number): Promise<string> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const line = passwd.split('\n').find((entry) => entry.split(':')[2] === String(uid))
  return line?.split(':')[0] ?? String(uid)
}
