import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'

export const personSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().max(200),
  groups: z.array(z.string()),
  /** What the person may do, in a word or two. */
  note: z.string(),
})
export type Person = z.infer<typeof personSchema>

/** @throws identity_unproved */
export function actorOf(people: readonly Person[], id: string): Actor {
  const person = people.find((one) => one.id === id)
  if (person === undefined) throw new JailopsError('identity_unproved', 'This chat knows nobody of that name. Nothing was done.')
  return { platform: 'web', id: person.id, name: person.name, groups: person.groups, kind: 'person' }
}
