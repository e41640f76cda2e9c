import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { reserved, writeFstab } from './create.ts'
import { fail } from './failure.ts'
import { parseOptions, type Options } from './options.ts'
import { isNoRun, needRecord, safeNameOf, writeRecord, type JailRecord } from './record.ts'
import { run } from './run.ts'
import { configFolder, type EzjailSettings } from './settings.ts'
import { usage } from './usage.ts'

export async function config(host: Host, settings: EzjailSettings, call: Call): Promise<number> {
  const options = parseOptions(call.args, '', 'rinzcf', usage.config)
  if (options.has('f') && !/^[0-9]+$/.test(options.value('f'))) fail('Error: fib number has to be an integer.')
  const [name = '', ...more] = options.operands
  if (more.length > 0 || name === '') fail(usage.config)
  const old = needRecord(host, name)
  const asked = [...'rnizcf'].filter((letter) => options.value(letter) !== '')
  if (asked.length === 0) fail(usage.config)
  const isRunning = old.jid !== undefined
  if (isRunning && options.value('n') !== '')
    fail(`Error: Jail ${name} appears to be still running.\n  'ezjail-admin stop ${name}' it first.`)
  if (isRunning && (options.has('z') || options.has('f')))
    call.out(`Warning: New settings for running jail ${name} will only take effect when next restarting it.\n`)
  const values = change(old, options)
  const newName = options.value('n')
  const renamed = newName !== '' && newName !== name ? await rename(host, settings, old, newName, values, call) : old
  if (asked.some((letter) => 'nzcf'.includes(letter))) {
    writeRecord(host, { ...renamed, values }, old.file)
    if (renamed.file !== old.file) rmSync(toReal(host.paths, old.file))
  }
  await setRunnable(host, options.value('r'), renamed.file, name, call)
  if (options.value('i') !== '' && values.get('image') === '') fail(`Error: Jail ${name} not an image jail.`)
  return 0
}

function change({ jid, values: old }: JailRecord, options: Options): Map<string, string> {
  const values = new Map(old)
  if (options.value('z') !== '') values.set('zfs_datasets', options.value('z'))
  if (options.value('f') !== '') values.set('fib', options.value('f'))
  if (options.value('c') !== '') {
    // `[ running ] && cpuset … || error`: of a stopped jail it is always an error.
    if (jid === undefined) fail('Error: The defined cpuset is malformed.')
    refuse('ezjail-admin', 'a cpuset is not imitated here')
  }
  return values
}

/** Moves the files before it looks whether the new name is free: a failure leaves the jail without its root directory. */
async function rename(
  host: Host,
  settings: EzjailSettings,
  old: JailRecord,
  newName: string,
  values: Map<string, string>,
  call: Call,
): Promise<JailRecord> {
  const hostname = newName.replaceAll(/[/~]/g, '_')
  const safeName = safeNameOf(newName)
  const file = `${configFolder}/${safeName}${isNoRun(old.file) ? '.norun' : ''}`
  const oldRoot = old.values.get('rootdir') ?? ''
  values.set('hostname', hostname)
  if (oldRoot === `${settings.jails}/${old.values.get('hostname') ?? ''}`) {
    const root = `${dirname(oldRoot)}/${hostname}`
    if (existsSync(toReal(host.paths, root))) fail(`Error: An object already exists at ${root}, cant rename.`)
    await run(host, call, 'mv', [oldRoot, root])
    values.set('rootdir', root)
  }
  if (reserved.includes(hostname))
    fail(`Error: ezjail needs the ${hostname} directory for its own administrative purposes.\n  Please chose another name.`)
  if ([file, `${file}.norun`].some((path) => existsSync(toReal(host.paths, path))))
    fail(`Error: An ezjail config already exists at ${file}.\n  Please chose another name.`)
  rmSync(toReal(host.paths, `/etc/fstab.${old.safeName}`), { force: true })
  writeFstab(host, settings, safeName, values.get('rootdir') ?? '')
  const hint = `You might want to check ${file} and /etc/fstab.${safeName} to ensure everything has gone smoothly.`
  call.out(`Jail has been renamed. ${hint}\nAlso check settings in your Jail's /etc/ directory (especially /etc/rc.conf).\n`)
  return { ...old, safeName, file }
}

async function setRunnable(host: Host, word: string, file: string, name: string, call: Call): Promise<void> {
  if (word === 'run' && isNoRun(file)) await run(host, call, 'mv', [file, file.replace(/\.norun$/, '')])
  else if (word === 'norun' && !isNoRun(file)) await run(host, call, 'mv', [file, `${file}.norun`])
  else if (word === 'test') call.out(`Jail ${name} is ${isNoRun(file) ? 'not ' : ''}runnable\n`)
}
