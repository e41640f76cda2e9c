import { JailopsError } from '../../core/errors.ts'
import { newNonce, ownerOfProof } from './proof.ts'
import type { SessionParts } from './session.ts'
import { loginName } from './users.ts'

export interface ShellUser {
  uid: number
  /** The login name, or the uid where it has none. */
  name: string
}

/** In the demo everybody is who they say. */
export function believe(people: readonly { id: string; name: string; groups: string[] }[]): SessionParts['identify'] {
  return async ({ as }) => {
    const person = people.find(({ id }) => id === as)
    if (person !== undefined) return { platform: 'shell', id: person.id, name: person.name, groups: person.groups, kind: 'person' }
    const names = people.map(({ id }) => id).join(', ')
    throw new JailopsError(
      'identity_unproved',
      `In the demo say who you are, one of ${names}: jailops run --as ${people[0]?.id ?? 'NAME'} …`,
    )
  }
}

/** Everywhere else the kernel says who somebody is. The uid is the immutable id; the name is for showing. */
export function demandProof(folder: string, groupsOf: (user: ShellUser) => string[]): SessionParts['identify'] {
  return async ({ as }, prove) => {
    if (as !== undefined) {
      throw new JailopsError('identity_unproved', 'Only the demo lets you be somebody else: leave out --as. Nothing was done.')
    }
    const nonce = newNonce()
    const namedAt = Date.now() // the file system's clock, not ours to choose
    await prove({ kind: 'prove', folder, nonce })
    const uid = await ownerOfProof(folder, nonce, namedAt)
    const user = { uid, name: await loginName(uid) }
    return { platform: 'shell', id: String(uid), name: user.name, groups: groupsOf(user), kind: 'person' }
  }
}
