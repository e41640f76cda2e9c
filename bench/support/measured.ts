import { median, percentile, rounded } from './statistics.ts'

/** One line of the result; rows may say more about themselves. */
export interface Measured {
  name: string
  ours: number
  bare: number
  ratio: number
  unit: 'ms' | 'µs' | 'MB' | 'requests'
  /** Of each side. */
  samples: number
  [more: string]: number | string
}

export interface Row {
  name: string
  /** One sentence: what is compared with what. */
  about: string
  measure(): Promise<Measured>
}

/** Two rows of durations, as medians. */
export function compare(name: string, { ours, bare }: Samples): Measured {
  return {
    name,
    ours: rounded(median(ours)),
    bare: rounded(median(bare)),
    ratio: rounded(median(ours) / median(bare)),
    unit: 'ms',
    samples: ours.length,
    p99: rounded(percentile(ours, 99)),
    bareP99: rounded(percentile(bare, 99)),
  }
}

export interface Samples {
  ours: number[]
  bare: number[]
}

/**
 * Ours, bare, ours, bare …: what the machine does meanwhile meets both alike. The first rounds only warm up.
 * Each function gives one duration in milliseconds.
 */
export async function alternate(
  sides: { ours(): Promise<number>; bare(): Promise<number> },
  { samples, warmUp }: { samples: number; warmUp: number },
): Promise<Samples> {
  const taken: Samples = { ours: [], bare: [] }
  for (let round = 0; round < warmUp + samples; round++) {
    const ours = await sides.ours()
    const bare = await sides.bare()
    if (round < warmUp) continue
    taken.ours.push(ours)
    taken.bare.push(bare)
  }
  return taken
}
