/** The newest of FreeBSD's versions (15.1-RELEASE-p1); words that are none are passed over. */
export function newestOf(versions: readonly (string | undefined)[]): string | undefined {
  const known = versions.flatMap((text) => (text === undefined || partsOf(text) === undefined ? [] : [text]))
  return known.toSorted(compare).at(-1)
}

function compare(first: string, second: string): number {
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
