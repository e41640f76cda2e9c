const discordEpoch = 1_420_070_400_000

/** Makes ids as Discord does: the time, and a number that tells apart what happened in the same millisecond. */
export function snowflakes(now: () => number): () => string {
  let made = 0n
  return () => {
    made = (made + 1n) & 0x3fffffn
    return ((BigInt(now() - discordEpoch) << 22n) | made).toString()
  }
}

export function isSnowflake(text: string): boolean {
  return /^\d{15,20}$/.test(text)
}
