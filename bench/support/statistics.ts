/** The middle one, or between the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** What `percent` of the values do not exceed, interpolated between neighbours; NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = ((sorted.length - 1) * percent) / 100
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** To so many significant digits: more would pretend. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits))
}
