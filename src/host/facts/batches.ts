/** All results in order, at most eight at work at a time: a host with 200 jails should not start 200 processes at once. */
export async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += 8) results.push(...(await Promise.all(items.slice(start, start + 8).map(work))))
  return results
}
