import { sha256 } from '../../../core/canonical.ts'
import type { Adoption, ProxyDriver } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { ProxyFacts, TheirProxy } from '../../../core/proxy.ts'
import type { Cut, Step } from '../../../core/step.ts'
import { changeAndReload, reloadIt } from '../reload.ts'
import { blockLines, type Strangers, strangersIn, theirLink } from './beside.ts'
import { renewed } from './block.ts'
import { diffOf } from './diff.ts'
import { routeEach } from './route-each.ts'
import { spliced } from './splice.ts'
import { standBeside } from './stand-beside.ts'
import { takeOver } from './take-over.ts'
import { readableBlock } from './their-block.ts'

interface AdoptDeps {
  layout: Layout
  proxy: Omit<ProxyFacts, 'theirs'>
  theirs: TheirProxy
  /** The usual way to let a site reach a jail, once our folder is what runs. */
  router: Pick<ProxyDriver, 'route' | 'reserves'>
}

/**
 * First our block comes in, while all of their rules still stand and it routes nobody: nothing changes for anyone. Then each site is routed
 * as any other, and the block, which comes first, answers for it. Only then its old lines go. So no moment has a site without an answer.
 */
export function adoptTheirs({ layout, proxy, theirs, router }: AdoptDeps, jails: readonly Jail[], asked: Strangers | undefined): Adoption {
  const { path } = theirs
  const { text, block } = readableBlock(theirs)
  const found = takeOver(text, block, asked, { layout, jails, routes: proxy.routes })
  if (typeof found === 'string') throw new JailopsError('host_not_ready', `jailops leaves ${path} alone: ${found}.`)
  const withBlock = textAfter(text, found.block)
  const putIn = splice(layout, path, { title: `Put jailops's block into ${path}`, text, cuts: found.block })
  const takeOut = splice(layout, path, {
    title: `Take the lines out of ${path} that the block does now`,
    text: withBlock,
    cuts: moved(found.pairs, found.block),
  })
  return {
    path,
    steps: [
      ...(theirs.isShared ? [] : [...standBeside(layout, proxy, theirs), putIn, reloadIt(layout, 'the block in its file')]),
      ...(theirs.isShared && found.block.length > 0 ? changeAndReload(layout, putIn, 'the block in its file') : []),
      ...routeEach(router, found.taken),
      ...(found.pairs.length > 0 ? changeAndReload(layout, takeOut, 'what left its file') : []),
    ],
    taken: found.taken,
    reserves: router.reserves(),
    left: found.left,
    diff: diffOf(
      path,
      text,
      [...found.block, ...found.pairs].toSorted((a, b) => a.at - b.at),
    ),
    ...(found.strangers === 'theirs' && found.defaultBackend !== undefined && { strangers: found.defaultBackend }),
  }
}

/** The block as this jailops writes it, where an older one wrote another. */
export function renewBlock(layout: Layout, theirs: TheirProxy): Step[] {
  const { text, block } = readableBlock(theirs)
  const cuts = block.kind === 'whole' ? renewed(text, block, blockLines(layout, strangersIn(block.body))) : []
  if (cuts.length === 0) return []
  const change = splice(layout, theirs.path, { title: `Bring jailops's block in ${theirs.path} to what jailops writes today`, text, cuts })
  return changeAndReload(layout, change, 'the block in its file')
}

function splice({ haproxy }: Layout, path: string, { title, text, cuts }: { title: string; text: string; cuts: Cut[] }): Step {
  const [before, after] = [sha256(text), sha256(textAfter(text, cuts))]
  return { title, action: { kind: 'haproxy-splice', folder: haproxy.configFolder, name: theirLink, path, before, after, cuts } }
}

function textAfter(text: string, cuts: readonly Cut[]): string {
  const after = spliced(text, cuts)
  if (after === undefined) throw new JailopsError('internal', 'The places of a change do not fit the text that it was made for.')
  return after
}

/** The same cuts where others were made before; at one and the same place those others stand first. */
function moved(cuts: readonly Cut[], before: readonly Cut[]): Cut[] {
  return cuts.map((cut) => {
    const shift = before.filter(({ at }) => at <= cut.at).reduce((sum, { insert, remove }) => sum + insert.length - remove.length, 0)
    return { ...cut, at: cut.at + shift }
  })
}
