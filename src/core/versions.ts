/** How new a FreeBSD is that calls itself 15.1-RC2 or 15.1-RELEASE-p3. */
export interface Version {
  /** `15.1-RELEASE`. */
  release: string
  patch: number
}

/** undefined where the word is no version. */
export function versionOf(text: string): Version | undefined {
  const parts = partsOf(text)
  return parts === undefined ? undefined : { release: text.replace(/-p[0-9]+$/, ''), patch: parts.at(-1) ?? 0 }
}

/** The newest of FreeBSD's versions (15.1-RELEASE-p1); words that are none are passed over. */
export function newestOf(versions: readonly (string | undefined)[]): string | undefined {
  const known = versions.flatMap((text) => (text === undefined || partsOf(text) === undefined ? [] : [text]))
  return known.toSorted(compareVersions).at(-1)
}

/** Negative where the first is older. */
export function compareVersions(first: string, second: string): number {
  const [one = [], other = []] = [partsOf(first), partsOf(second)]
  const at = one.findIndex((part, index) => part !== other[index])
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}

/** A release is newer than what led to it. */
const stages = ['ALPHA', 'BETA', 'RC', 'RELEASE']

function partsOf(version: string): number[] | undefined {
  const [, major, minor, stage = '', number = '0', patch = '0'] = /^(\d+)\.(\d+)-([A-Z]+)(\d*)(?:-p(\d+))?$/.exec(version) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), stages.indexOf(stage), Number(number), Number(patch)]
}
