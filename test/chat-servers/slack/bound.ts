/** Lets go of the oldest entries. @returns them */
export function bound<Value>(map: Map<unknown, Value>, most: number): Value[] {
  const gone: Value[] = []
  for (const [key, value] of map) {
    if (map.size <= most) break
    map.delete(key)
    gone.push(value)
  }
  return gone
}
