import { pressSchema, type Press } from '../../core/card.ts'

const most = 100

/** A press as the id of a button, `approve:r…:digest`; undefined where it does not fit. */
export function idOfPress(press: Press): string | undefined {
  const id = [press.kind, press.request, ...(press.kind === 'cancel' ? [] : [press.kind === 'say' ? press.words : press.digest])].join(':')
  const back = pressOfId(id)
  const isSame = back !== undefined && JSON.stringify(Object.entries(back).toSorted()) === JSON.stringify(Object.entries(press).toSorted())
  return isSame && id.length <= most && id.isWellFormed() ? id : undefined
}

export function pressOfId(id: string): Press | undefined {
  const [kind, request, digest, ...rest] = id.split(':')
  if (kind === 'say') return pressSchema.safeParse({ kind, request, words: [digest, ...rest].join(':') }).data
  if (rest.length > 0) return undefined
  return pressSchema.safeParse({ kind, request, ...(digest !== undefined && { digest }) }).data
}
