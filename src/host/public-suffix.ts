import { parse } from 'tldts'

/** Names below which anybody can have one of their own, by the public suffix list: `com`, `co.uk`, `github.io`. A wildcard counts as its parent. */
export function isPublicSuffix(host: string): boolean {
  const name = host.replace(/^\*\./, '')
  const { publicSuffix, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true })
  return publicSuffix === name && (isIcann === true || isPrivate === true)
}
