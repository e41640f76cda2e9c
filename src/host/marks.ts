import { z } from 'zod'
import type { Mark } from '../core/drivers.ts'
import type { Jail, Manager } from '../core/jail.ts'
import type { Layout } from '../core/layout.ts'
import type { Step } from '../core/step.ts'

/*
 * Which jails of other managers jailops made or adopted, with their tags and notes: one line each, `MANAGER/NAME made=jailops&tags=a,b&note=…`.
 * Jails of jail.conf have that in their own file; for one that was adopted there is a line here too.
 */

const markSchema = z.object({ made: z.literal('jailops'), tags: z.string().default(''), note: z.string().default('') })

export function markKey({ manager, name }: { manager: Manager; name: string }): string {
  return `${manager}/${name}`
}

/** By key; lines that nobody of us wrote say nothing. */
export function readMarks(text: string): Map<string, Mark> {
  const marks = new Map<string, Mark>()
  for (const line of text.split('\n')) {
    const [, key, value] = /^(\S+) (\S+)$/.exec(line) ?? []
    const mark = markSchema.safeParse(Object.fromEntries(new URLSearchParams(value ?? '')))
    if (key === undefined || !mark.success) continue
    marks.set(key, { ours: true, tags: mark.data.tags.split(',').filter((tag) => tag !== ''), note: mark.data.note })
  }
  return marks
}

/** What stands behind the key of a jail; undefined where its own file says that it is ours. */
export function markValue(jail: Pick<Jail, 'isMarked' | 'tags' | 'note'>): string | undefined {
  return jail.isMarked ? markText(jail) : undefined
}

export function markText({ tags, note }: Pick<Mark, 'tags' | 'note'>): string {
  return new URLSearchParams({
    made: 'jailops',
    ...(tags.length > 0 && { tags: tags.join(',') }),
    ...(note !== '' && { note }),
  }).toString()
}

/** Writes or removes the line of a jail. */
export function markSteps({ marks }: Pick<Layout, 'marks'>, jail: Pick<Jail, 'name' | 'manager'>, mark: Mark): Step[] {
  const value = mark.ours ? markText(mark) : null
  return [
    {
      title: mark.ours
        ? `Note in jailops's own list that ${jail.name} is ours, with its tags and note`
        : `Take ${jail.name} of ${jail.manager} from jailops's own list`,
      action: { kind: 'map-entry', path: marks, key: markKey(jail), value },
    },
  ]
}
