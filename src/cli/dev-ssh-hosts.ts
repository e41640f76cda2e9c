import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { JailopsError } from '../core/errors.ts'
import { hostName } from '../core/names.ts'
import { startLab } from '../lab/lab.ts'
import { fromSource, serve, tell } from './dev.ts'
import { prepareProxy } from './prepare-proxy.ts'

/** FreeBSD hosts in folders, behind a real sshd on this machine, until told to stop: what `hosts` in jailops.yaml is tried with. */
export async function devSshHosts(names: readonly string[]): Promise<void> {
  const wrong = names.find((name) => !hostName.safeParse(name).success)
  if (wrong !== undefined) throw new JailopsError('usage', `${JSON.stringify(wrong)} is no name for a host; write something like web2.`)
  const { missingForSshd, startSshd } = await fromSource(() => import('../../test/support/sshd.ts'))
  const missing = missingForSshd()
  if (missing !== undefined) throw new JailopsError('usage', `${missing}: \`npm test\` installs what it takes, or do it by hand.`)
  await serve(async (releasers) => {
    const folder = await mkdtemp(join(tmpdir(), 'jailops-hosts-'))
    releasers.add('folder', () => rm(folder, { recursive: true, force: true }))
    const sshd = await startSshd('sh')
    releasers.add('sshd', () => sshd.stop())
    const { address, port, user, knownHosts, identity } = sshd.target()
    const hosts: Record<string, object> = {}
    for (const name of new Set(names)) {
      const lab = await startLab({ folder: join(folder, name) })
      releasers.add(name, () => lab.stop())
      await prepareProxy(lab.layout)
      const ours = join(lab.hostFolder, 'var/db/jailops')
      await mkdir(dirname(ours), { recursive: true })
      hosts[name] = { ssh: { address, port, user, knownHosts, identity, folder: ours }, layout: lab.layout }
    }
    tell(`${Object.keys(hosts).join(', ')}: FreeBSD hosts in ${folder}, reached by ssh on port ${port} of this machine.`, { hosts })
  })
}
