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

/** What is lost by rounding goes to whom it takes most from; what is too much, since nobody with a share loses all of it, the largest give. */
function wholeShares(exact: readonly number[]): number[] {
  const whole = exact.map((share) => (share > 0 ? Math.max(1, Math.floor(share)) : 0))
  const sum = Math.round(exact.reduce((all, share) => all + share, 0))
  for (;;) {
    const missing = sum - whole.reduce((all, share) => all + share, 0)
    if (missing === 0 || whole.every((share) => share === 0)) return whole
    const lacks = whole.map((share, index) => (share === 0 ? -Infinity : missing > 0 ? (exact[index] ?? 0) - share : share))
    const at = lacks.indexOf(Math.max(...lacks))
    whole[at] = (whole[at] ?? 0) + Math.sign(missing)
  }
}
