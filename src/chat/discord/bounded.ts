/** Forgets the oldest entries of a map, which keeps its order of insertion, so that only so many are left. */
export function forgetOldest<Key, Value>(map: Map<Key, Value>, most: number, forget?: (value: Value) => void): void {
  for (const [key, value] of map) {
    if (map.size <= most) return
    forget?.(value)
    map.delete(key)
  }
}
