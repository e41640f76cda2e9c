import { linesOf, pattern, writeText } from './files.ts'
import { usage, withOptions, type Script } from './options.ts'
import { run, say, type Bastille } from './session.ts'
import { setTarget } from './targets.ts'

const script: Script = {
  usage: ['Usage: bastille tags [option(s)] TARGET add|delete TAG1,TAG2', '                                 TARGET list [TAG]'],
}

/** `bastille tags`: one a line, sorted, in the jail's `tags`. */
export function tags(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, script, async ({ words }) => {
    if (words.length < 2 || words.length > 3) return usage(bastille, script)
    const [target = '', action = '', text = ''] = words
    const jails = await setTarget(bastille, target)
    if (jails === undefined) return 1
    const given = text.split(',').filter((tag) => tag !== '')
    const isList = action === 'list'
    if ((!isList && action !== 'add' && !action.startsWith('del')) || (isList && given.length > 1)) return usage(bastille, script)
    for (const jail of jails) {
      const file = `${bastille.conf.jails}/${jail}/tags`
      const now = linesOf(bastille, file)
      if (isList) list(bastille, jail, now, given[0])
      else
        await write(
          bastille,
          file,
          action === 'add' ? [...now, ...given] : now.filter((tag) => !given.some((each) => pattern(`^${each}$`).test(tag))),
        )
    }
    return 0
  })
}

function list(bastille: Bastille, jail: string, now: string[], wanted: string | undefined): void {
  if (wanted === undefined && now.length > 0) say(bastille, `${jail}: ${now.join(' ')}`)
  if (wanted !== undefined && now.some((tag) => pattern(`^${wanted}$`).test(tag))) say(bastille, jail)
}

async function write(bastille: Bastille, file: string, wanted: string[]): Promise<void> {
  if (wanted.length === 0) await run(bastille, 'rm', ['-f', file])
  else
    writeText(
      bastille,
      file,
      [...new Set(wanted)]
        .toSorted()
        .map((tag) => `${tag}\n`)
        .join(''),
    )
}
