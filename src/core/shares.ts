import type { Target } from './proxy.ts'

/**
 * Weights that sum to 100: so many for one of them, the rest for the others as they stand to each other. Who is drained stays so, unless
 * nobody else could answer.
 */
export function shares(targets: readonly Target[], one: Target | undefined, percent: number): Target[] {
  const rest = targets.filter((target) => target !== one)
  const isAlone = rest.every(({ weight }) => weight === 0)
  const weightOf = (target: Target) => (isAlone && one === undefined ? 1 : target.weight)
  const sum = rest.reduce((all, target) => all + weightOf(target), 0)
  const mine = one === undefined ? 0 : rest.length === 0 && percent > 0 ? 100 : percent
  const exact = rest.map((target) => (sum === 0 ? 0 : ((100 - mine) * weightOf(target)) / sum))
  const whole = wholeShares(exact)
  let next = 0
  return targets.map((target) => ({ ...target, weight: target === one ? mine : (whole[next++] ?? 0) }))
}

/** Largest remainder: what is lost by rounding goes to those that lost most, and who has a share at all keeps at least 1. */
function wholeShares(exact: readonly number[]): number[] {
  const sum = Math.round(exact.reduce((all, share) => all + share, 0))
  const whole = exact.map((share) => (share > 0 ? Math.max(1, Math.floor(share)) : 0))
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder)
  for (
    let missing = sum - whole.reduce((all, share) => all + share, 0), at = 0;
    missing > 0 && byRemainder.length > 0;
    missing -= 1, at += 1
  ) {
    const index = byRemainder[at % byRemainder.length]?.index ?? 0
    if ((exact[index] ?? 0) > 0) whole[index] = (whole[index] ?? 0) + 1
  }
  return whole
}
