/** A value as a chart says it: 1.2k, 35, 0.25. */
export function short(value: number): string {
  if (Math.abs(value) >= 1e6) return `${rounded(value / 1e6)}M`
  if (Math.abs(value) >= 1e4) return `${rounded(value / 1e3)}k`
  return rounded(value)
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)))
}
