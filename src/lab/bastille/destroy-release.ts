import { isFolder, linesOf, namesIn, wordPattern } from './files.ts'
import { ask, complain, fail, run, say, type Bastille } from './session.ts'

/** By its ending alone: a jail called app-current is taken for a release, and can never be destroyed. */
export function looksLikeRelease(target: string): boolean {
  return /-(CURRENT|CURRENT-[Ii]386|current|RELEASE|RELEASE-[Ii]386|release|RC[1-9]|rc[1-9]|BETA[1-9])$/.test(target)
}

interface Wish {
  /** The release is there by this name. */
  isNamed: boolean
  force: boolean
  keepsCache: boolean
}

export async function destroyRelease(bastille: Bastille, target: string, wish: Wish): Promise<number | 'usage'> {
  const isSane = /^[0-9]{1,2}\.[0-9]-(CURRENT|RELEASE|RC[1-9]|BETA[1-9])(-i386)?$/i.test(target)
  if (!isSane && (looksLikeRelease(target) || !wish.isNamed)) return 'usage'
  const name = isSane ? target.toUpperCase() : target
  const { jails, releases, cache, dataset } = bastille.conf
  say(bastille, `\nAttempting to destroy release: ${name}`)
  let isUsed = false
  for (const jail of namesIn(bastille, jails)) {
    const isBase = linesOf(bastille, `${jails}/${jail}/fstab`).some((line) => wordPattern(name.replaceAll('.', String.raw`\.`)).test(line))
    if (!isBase && !(await isCloneOf(bastille, jail, name))) continue
    complain(bastille, `[ERROR]: (${jail}) depends on ${name} base.`)
    isUsed = true
  }
  if (!isFolder(bastille, `${releases}/${name}`)) return fail(bastille, '[ERROR]: Release base not found.')
  if (isUsed) {
    complain(bastille, '[ERROR]: Cannot destroy base with child containers.')
    return 0
  }
  say(bastille, 'Deleting release base...')
  const folders = [`${releases}/${name}`, ...(wish.keepsCache ? [] : [`${cache}/${name}`])].filter((folder) => isFolder(bastille, folder))
  for (const folder of folders) {
    const part = folder.startsWith(releases) ? 'releases' : 'cache'
    if (dataset !== undefined) await run(bastille, 'zfs', ['destroy', wish.force ? '-rf' : '-r', `${dataset}/${part}/${name}`])
    if (!isFolder(bastille, folder)) continue
    await run(bastille, 'chflags', ['-R', 'noschg', folder])
    await run(bastille, 'rm', ['-rf', folder])
  }
  return 0
}

async function isCloneOf(bastille: Bastille, jail: string, release: string): Promise<boolean> {
  const { dataset } = bastille.conf
  if (dataset === undefined) return false
  const { text } = await ask(bastille, 'zfs', ['get', '-H', '-o', 'value', 'origin', `${dataset}/jails/${jail}/root`])
  return text.startsWith(`${dataset}/releases/${release}@`)
}
