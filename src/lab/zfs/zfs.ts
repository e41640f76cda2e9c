import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { clone, create } from './create.ts'
import { destroy } from './destroy.ts'
import { get } from './get.ts'
import { list } from './list.ts'
import { mount, unmount } from './mounting.ts'
import { showInMountTable } from './mounts.ts'
import { loadPool, savePool, ZfsError, type Pool } from './pool.ts'
import { rename } from './rename.ts'
import { receive, send } from './send.ts'
import { inherit, set } from './settings.ts'
import { promote, rollback, snapshot } from './snapshots.ts'
import { wordsOf } from '../words.ts'

const real = wordsOf(`
  allow bookmark change-key diff groupspace hold holds jail load-key program project projectspace redact release share
  unallow unjail unload-key unshare unzone upgrade userspace version wait zone
`)

const other: Record<string, string> = { snap: 'snapshot', recv: 'receive', umount: 'unmount' }

/** zfs(8): every call reads the pool, works on it at one go, and writes it back. */
export async function zfs(host: Host, call: Call): Promise<number> {
  const [given = '', ...args] = call.args
  const command = other[given] ?? given
  const input = command === 'receive' ? await call.input() : Buffer.alloc(0)
  const pool = loadPool(host.paths)
  try {
    return run(host, pool, call, command, args, input)
  } catch (error) {
    if (!(error instanceof ZfsError)) throw error
    call.err(`${error.message}\n`)
    return error.code
  } finally {
    savePool(host.paths, pool)
    showInMountTable(host, pool)
  }
}

function run(host: Host, pool: Pool, call: Call, command: string, args: string[], input: Buffer): number {
  const silent: Record<string, () => void> = {
    create: () => create(host, pool, args),
    clone: () => clone(host, pool, args),
    snapshot: () => snapshot(host, pool, args),
    rollback: () => rollback(host, pool, args),
    promote: () => promote(pool, args),
    rename: () => rename(host, pool, args),
    set: () => set(host, pool, args),
    inherit: () => inherit(host, pool, args),
    mount: () => mount(host, pool, call, args),
    unmount: () => unmount(host, pool, args),
    send: () => send(host, pool, call, args),
    receive: () => receive(host, pool, args, input),
  }
  if (command === 'list') return list(host, pool, call, args)
  if (command === 'get') return get(host, pool, call, args)
  if (command === 'destroy') return destroy(host, pool, call, args)
  const work = silent[command]
  if (work === undefined) {
    if (real.includes(command)) return refuse('zfs', `${command} is not imitated here`)
    throw new ZfsError(`${command === '' ? 'missing command' : `unrecognized command '${command}'`}\nusage: zfs command args ...`, 2)
  }
  work()
  return 0
}
