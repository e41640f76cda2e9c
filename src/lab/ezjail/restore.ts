import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { readProperty } from './archive-file.ts'
import { create } from './create.ts'
import { fail, isFailure } from './failure.ts'
import { parseOptions } from './options.ts'
import { readRecord, safeNameOf, type JailRecord } from './record.ts'
import type { EzjailSettings } from './settings.ts'
import { systemWords } from './system.ts'
import { usage } from './usage.ts'

export async function restore(host: Host, settings: EzjailSettings, call: Call): Promise<number> {
  const options = parseOptions(call.args, 'f', 'd', usage.restore)
  const folder = options.value('d') || settings.archives
  if (options.operands.length === 0) fail(usage.restore)
  for (const asked of options.operands) {
    const { archive, safeName } = findArchive(host, folder, asked)
    if ((statSync(toReal(host.paths, archive)).mode & 0o022) !== 0) fail(insecureText(archive))
    const property = (await readProperty(host, archive)) ?? fail(`Error: File ${archive} is not an ezjail archive.`)
    const packed = judge(host, archive, property.name, safeName, options.has('f'))
    const file = `/tmp/ezjail.prop.${randomBytes(4).toString('hex')}`
    writeFileSync(toWritable(host.paths, 'ezjail-admin', file, '/'), property.text)
    await createFrom(host, settings, archive, file, readRecord(host, packed, file), call)
    rmSync(toReal(host.paths, file))
  }
  return 0
}

/** By its name, or the newest whose name begins with the jail's: `web` finds an archive of `web2` too, and then fails. */
function findArchive(host: Host, folder: string, asked: string): { archive: string; safeName: string | undefined } {
  const isThere = (path: string) => existsSync(toReal(host.paths, path))
  if (asked.startsWith('/')) return { archive: isThere(asked) ? asked : fail(`Error: Archive ${asked} not found.`), safeName: undefined }
  if (isThere(`${folder}/${asked}`)) return { archive: `${folder}/${asked}`, safeName: undefined }
  const safeName = safeNameOf(asked)
  const names = isThere(folder) ? readdirSync(toReal(host.paths, folder)) : []
  const found = names
    .filter((name) => name.startsWith(safeName))
    .map((name) => ({ archive: `${folder}/${name}`, time: statSync(toReal(host.paths, `${folder}/${name}`)).mtimeMs }))
    .toSorted((one, other) => other.time - one.time)
  return { archive: found[0]?.archive ?? fail(`Error: No archive for pattern ${safeName} can be found.`), safeName }
}

function insecureText(archive: string): string {
  const hint = 'Please check the file and fix permission (chmod og-w) if you trust its source.'
  return `Error: Insecure permissions for archive ${archive}.\n  ${hint}`
}

/** Returns the name of the jail that was packed. */
function judge(host: Host, archive: string, property: string, asked: string | undefined, isForced: boolean): string {
  const [, packed = '', , machine = '', , processor = ''] = property.replace(/\.norun$/, '').split('-')
  const [ownMachine, , ownProcessor] = systemWords(host)
  const hint = `Consider using 'ezjail-admin create -a ${archive}' when migrating ezjails, or 'ezjail-admin restore -f ${archive}' to force restore.`
  if (asked !== undefined && asked !== packed) fail(`Error: Archive name ${archive} does not match archived jail ${packed}.`)
  if (machine !== ownMachine && !isForced) fail(`Error: Archive was created on host named ${machine}.\n  ${hint}`)
  if (processor !== ownProcessor && !isForced) fail(`Error: Archive was created on a different CPU. Can not restore.\n  ${hint}`)
  return packed
}

async function createFrom(
  host: Host,
  settings: EzjailSettings,
  archive: string,
  file: string,
  { values }: JailRecord,
  call: Call,
): Promise<void> {
  const [root = '', hostname = '', addresses = ''] = ['rootdir', 'hostname', 'ip'].map((name) => values.get(name))
  if (root === '' || hostname === '' || addresses === '')
    fail('Error: Archive does not contain a valid ezjail properties file.\n  Some jails properties are missing.')
  const args = ['-a', archive, '-A', file, '-r', root, hostname, addresses]
  try {
    await create(host, settings, { ...call, args })
  } catch (error) {
    if (!isFailure(error)) throw error
    fail(`${error.message}\nError: Create failed.`)
  }
}
