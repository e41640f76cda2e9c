import { refuse } from '../refuse.ts'
import { pattern, timestamp } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'
import { setTarget } from './targets.ts'

const script: Script = {
  usage: [
    'Usage: bastille zfs [option(s)] TARGET destroy|rollback [TAG]|snapshot [TAG]',
    '                                       df|usage',
    '                                       get|set key=value',
    '                                       jail pool/dataset /jail/path',
    '                                       unjail pool/dataset',
  ],
  flags: { a: 'auto', v: 'verbose' },
}

/** `bastille zfs`: whatever zfs(8) says, the exit code is 0. */
export function zfs(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, script, async ({ words }) => {
    if (words.length < 2 || words.length > 4) return usage(bastille, script)
    const [target = '', action = '', word = ''] = words
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    if (bastille.conf.dataset === undefined) return fail(bastille, '[ERROR]: ZFS not enabled.')
    if (action === 'jail' || action === 'unjail') return refuse('bastille', `zfs ${action} is not imitated here`)
    for (const jail of jails) {
      say(bastille, `\n[${jail}]:`)
      const dataset = `${bastille.conf.dataset}/jails/${jail}`
      if (!(await act(bastille, jail, dataset, action, word))) return usage(bastille, script)
    }
    return 0
  })
}

/** False: there is no such action. */
async function act(bastille: Bastille, jail: string, dataset: string, action: string, word: string): Promise<boolean> {
  if (/^(snap|snapshot)$/.test(action)) await snapshot(bastille, jail, dataset, word)
  else if (action === 'rollback') await rollback(bastille, jail, dataset, word)
  else if (/^destroy(_snap|_snapshot)?$/.test(action)) await destroySnapshot(bastille, dataset, word)
  else if (action === 'get' || action === 'set') await run(bastille, 'zfs', [action, word, dataset])
  else if (action === 'df' || action === 'usage')
    await run(bastille, 'zfs', ['list', '-t', 'all', '-o', 'name,used,avail,refer,mountpoint', '-r', dataset])
  else return false
  return true
}

async function snapshot(bastille: Bastille, jail: string, dataset: string, word: string): Promise<void> {
  const tag = word === '' ? `bastille_${jail}_${timestamp().full}` : word
  const code = await run(bastille, 'zfs', ['snapshot', '-r', `${dataset}@${tag}`])
  if (code === 0) say(bastille, `Snapshot created: ${tag}`)
  else complain(bastille, '[ERROR]: Failed to create snapshot.')
}

/** Newer snapshots are lost; the tag need only be the end of a snapshot's name to be looked for. */
async function rollback(bastille: Bastille, jail: string, dataset: string, word: string): Promise<void> {
  const { text } = await ask(bastille, 'zfs', ['list', '-H', '-t', 'snapshot', '-o', 'name', dataset])
  const names = text.split('\n')
  const newest = names.flatMap((name) => pattern(`bastille_${jail}_.*$`).exec(name)?.[0] ?? []).at(-1)
  const tag = word === '' ? (newest ?? '') : word
  if (tag === '' || !names.some((name) => pattern(`${tag}$`).test(name))) return complain(bastille, `[ERROR]: Snapshot not found: ${tag}`)
  await run(bastille, 'zfs', ['rollback', '-r', `${dataset}@${tag}`])
  const code = await run(bastille, 'zfs', ['rollback', '-r', `${dataset}/root@${tag}`])
  if (code === 0) say(bastille, `Snapshot restored: ${tag}`)
  else complain(bastille, `[ERROR]: Failed to restore snapshot: ${tag}.`)
}

async function destroySnapshot(bastille: Bastille, dataset: string, tag: string): Promise<void> {
  if (tag === '') return complain(bastille, '[ERROR]: Destroying snapshots requires a TAG to be specified.')
  const code = await run(bastille, 'zfs', ['destroy', '-r', `${dataset}@${tag}`])
  if (code === 0) say(bastille, `Snapshot destroyed: ${tag}`)
  else complain(bastille, `[ERROR]: Failed to destroy snapshot: ${tag}`)
}
