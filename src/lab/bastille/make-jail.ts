import { chmodSync, existsSync, symlinkSync } from 'node:fs'
import { toReal, toWritable } from '../paths.ts'
import { wordsOf } from '../words.ts'
import type { NewJail } from './create.ts'
import { isFolder, readText, timestamp, writeText } from './files.ts'
import { epairOf, jailConf, minimalConf } from './jail-conf.ts'
import { userland } from './jail-info.ts'
import { fail, pipe, run, say, type Bastille } from './session.ts'
import { isRunning, settingsFile } from './targets.ts'

const linked = wordsOf(
  'bin boot lib libexec rescue sbin usr/bin usr/include usr/lib usr/lib32 usr/libdata usr/libexec usr/sbin usr/share usr/src',
)
const copied = wordsOf('.cshrc .profile COPYRIGHT dev etc media mnt net proc root tmp var usr/obj usr/tests')

/** From the datasets to the second start. Returns the exit code. */
export async function makeJail(bastille: Bastille, jail: NewJail): Promise<number> {
  const { name, kind } = jail
  const { jails } = bastille.conf
  const folder = `${jails}/${name}`
  if (!(await makeFolders(bastille, jail, folder))) return 1
  if (kind === 'empty') {
    writeText(bastille, `${folder}/jail.conf`, minimalConf(bastille, name))
    writeText(bastille, `${folder}/fstab`, '')
  } else {
    const problem = await (kind === 'thin' ? fillThin(bastille, jail, folder) : fillWhole(bastille, jail, folder))
    if (problem !== undefined) return fail(bastille, problem)
    await finishRoot(bastille, `${folder}/root`)
  }
  chmodSync(toWritable(bastille.host.paths, 'bastille', folder, '/'), 0o700)
  for (const word of [`boot=${jail.boot}`, 'depend=', `priority=${jail.priority}`])
    await quietly(bastille, ['-f', settingsFile(bastille, name), word])
  if (kind === 'empty') return tag(bastille, jail)

  // Also with --no-boot: the template needs a running jail.
  await run(bastille, 'bastille', ['start', name])
  if (!(await isRunning(bastille, name))) {
    await run(bastille, 'bastille', ['destroy', '-afy', name])
    return fail(bastille, `[ERROR]: Failed to create jail: ${name}`)
  }
  await applyTemplate(bastille, jail, `${folder}/root`)
  await tag(bastille, jail)
  await run(bastille, 'bastille', ['restart', name])
  return 0
}

async function makeFolders(bastille: Bastille, { kind, name }: NewJail, folder: string): Promise<boolean> {
  const { dataset } = bastille.conf
  if (isFolder(bastille, folder)) return true
  if (dataset === undefined) {
    if ((await run(bastille, 'mkdir', ['-p', `${folder}/root`])) === 0) return true
    fail(bastille, `[ERROR]: Failed to create jail directory: ${folder}/root`)
    return false
  }
  const own = `${dataset}/jails/${name}`
  if (kind !== 'clone' && (await run(bastille, 'zfs', ['create', own])) !== 0) {
    fail(bastille, `[ERROR]: Failed to create jail dataset: ${own}`)
    return false
  }
  if (kind === 'thick' || kind === 'clone' || (await run(bastille, 'zfs', ['create', `${own}/root`])) === 0) return true
  fail(bastille, `[ERROR]: Failed to create jail root dataset: ${own}/root`)
  return false
}

/** jail.conf and fstab: before the files, so that a jail whose files could not be copied exists all the same. */
function configure(bastille: Bastille, jail: NewJail, folder: string): void {
  const base = `${bastille.conf.releases}/${jail.release}`
  const line = jail.kind === 'thin' ? `${base} ${folder}/root/.bastille nullfs ro 0 0\n` : ''
  if (readText(bastille, `${folder}/fstab`) === undefined) writeText(bastille, `${folder}/fstab`, line)
  writeText(bastille, `${folder}/jail.conf`, jailConf(bastille, jail, userland(bastille, base) ?? jail.release))
}

/** What can be shared is a link into the release, which the jail sees at /.bastille. */
async function fillThin(bastille: Bastille, jail: NewJail, folder: string): Promise<string | undefined> {
  const root = `${folder}/root`
  const base = `${bastille.conf.releases}/${jail.release}`
  for (const name of ['.bastille', '.template', 'usr/local']) await run(bastille, 'mkdir', ['-p', `${root}/${name}`])
  configure(bastille, jail, folder)
  say(bastille, '\nCreating a thinjail...')
  for (const name of linked) symlink(bastille, `/.bastille/${name}`, `${root}/${name}`)
  for (const name of copied) {
    if (!existsSync(toReal(bastille.host.paths, `${base}/${name}`))) continue
    if ((await run(bastille, 'cp', ['-a', `${base}/${name}`, `${root}/${name}`])) === 0) continue
    // Without -y it asks, gets no answer and leaves what is there.
    await run(bastille, 'bastille', ['destroy', '-af', jail.name])
    return '[ERROR]: Failed to copy release files. Please retry create!'
  }
  return undefined
}

function symlink({ host }: Bastille, target: string, path: string): void {
  const real = toWritable(host.paths, 'bastille', path, '/', { followLast: false })
  if (!existsSync(real)) symlinkSync(target, real)
}

async function fillWhole(bastille: Bastille, jail: NewJail, folder: string): Promise<string | undefined> {
  const { dataset, releases } = bastille.conf
  const isClone = jail.kind === 'clone'
  if (!isClone) say(bastille, '\nCreating a thickjail. This may take a while...')
  if (dataset === undefined) {
    await run(bastille, 'mkdir', ['-p', `${folder}/root/usr/local`])
    configure(bastille, jail, folder)
    // A clone without ZFS is a copy, which nobody is told.
    if ((await run(bastille, 'cp', ['-a', `${releases}/${jail.release}/`, `${folder}/root`])) === 0) return undefined
    await run(bastille, 'bastille', ['destroy', '-afy', jail.name])
    return '[ERROR]: Failed to copy release files. Please retry create!'
  }
  if (isClone) say(bastille, '\nCreating a clonejail...\n')
  const snapshot = `${isClone ? 'bastille-clone' : 'bastille'}-${timestamp().full}`
  const from = `${dataset}/releases/${jail.release}@${snapshot}`
  const to = `${dataset}/jails/${jail.name}/root`
  await run(bastille, 'zfs', ['snapshot', from])
  if (!isClone) configure(bastille, jail, folder)
  const code = isClone
    ? await run(bastille, 'zfs', ['clone', '-p', from, to])
    : await pipe(bastille, ['zfs', 'send', '-R', from], ['zfs', 'receive', to])
  if (isClone && code === 0) configure(bastille, jail, folder)
  if (!isClone) for (const each of [from, `${to}@${snapshot}`]) await run(bastille, 'zfs', ['destroy', each])
  if (code === 0) return undefined
  await run(bastille, 'bastille', ['destroy', '-af', jail.name])
  return '[ERROR]: Failed release base replication. Please retry create!'
}

async function finishRoot(bastille: Bastille, root: string): Promise<void> {
  if (!isFolder(bastille, `${root}/home`)) await run(bastille, 'mkdir', ['-p', `${root}/home`])
  if (readText(bastille, '/etc/localtime') !== undefined) await run(bastille, 'cp', ['-P', '/etc/localtime', `${root}/etc/localtime`])
  if (readText(bastille, `${root}/etc/fstab`) === undefined) writeText(bastille, `${root}/etc/fstab`, '')
}

/** What the default template of each kind does. */
async function applyTemplate(bastille: Bastille, { name, kind, bridge, addresses, nameservers }: NewJail, root: string): Promise<void> {
  const template = `default/${kind}`
  say(bastille, `\n[${name}]:\nApplying template: ${template}...`)
  const [, inner] = bridge === undefined ? [] : epairOf(name)
  const vnet = inner === undefined ? [] : [`ifconfig_${inner}_name=vnet0`, `ifconfig_vnet0=inet ${addresses[0]?.address ?? ''}`]
  const words = ['syslogd_flags=-ss', 'sendmail_enable=NONE', 'cron_flags=-J 60', ...vnet]
  for (const word of words) await run(bastille, 'sysrc', ['-j', name, word])
  await run(bastille, 'cp', [bastille.conf.resolvConf, `${root}/etc/resolv.conf`])
  if (nameservers.length > 0) writeText(bastille, `${root}/etc/resolv.conf`, nameservers.map((each) => `nameserver ${each}\n`).join(''))
  say(bastille, `Template applied: ${template}`)
}

async function tag(bastille: Bastille, { name, tags }: NewJail): Promise<number> {
  return tags === '' ? 0 : run(bastille, 'bastille', ['tags', name, 'add', tags])
}

function quietly(bastille: Bastille, args: string[]): Promise<number> {
  return run({ ...bastille, call: { ...bastille.call, out: () => undefined } }, 'sysrc', args)
}
