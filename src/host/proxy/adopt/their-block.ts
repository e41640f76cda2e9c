import { JailopsError } from '../../../core/errors.ts'
import type { TheirProxy } from '../../../core/proxy.ts'
import { findBlock, type FoundBlock } from './block.ts'

/** Nothing is changed in a file that cannot be read, and nothing around a block that a hand was in. @throws host_not_ready, config_invalid */
export function readableBlock({ path, text, problem }: TheirProxy): { text: string; block: Exclude<FoundBlock, { kind: 'damaged' }> } {
  if (text === undefined || problem !== undefined) {
    throw new JailopsError(
      'host_not_ready',
      `HAProxy runs here by a configuration of the host's own that jailops leaves alone: ${problem ?? `${path} cannot be read`}.`,
    )
  }
  const block = findBlock(text)
  if (block.kind !== 'damaged') return { text, block }
  throw new JailopsError(
    'config_invalid',
    `The block of jailops in ${path} was changed by hand, so jailops changes nothing there. Take out all of it, from "# >>> jailops" to ` +
      '"# <<< jailops", put what you added outside of it, and say /proxy adopt: that writes the block anew.',
  )
}

/** Routes can be added only where their file has our block. @throws host_not_ready, config_invalid */
export function mustHaveBlock(theirs: TheirProxy): void {
  const { block } = readableBlock(theirs)
  if (theirs.isShared && block.kind === 'whole') return
  throw new JailopsError(
    'host_not_ready',
    theirs.isShared
      ? `The block of jailops is gone from ${theirs.path}, so its sites are not reached. Say /proxy adopt: that puts it in again.`
      : `HAProxy runs here by a configuration of the host's own, ${theirs.path}. Say /proxy adopt dryRun:true to see what jailops would do with ` +
          'it, and /proxy adopt to let it: it puts one marked block into it and takes over the sites that lead to its jails.',
  )
}
