/** Where the payload of an answer goes as it comes in. */
export type Sink = (chunk: Buffer) => void

export interface FrameReader {
  add(chunk: Buffer): void
  /** What stands behind the frame word, once its line has come. */
  trailer(): string | undefined
}

/** Parts a stream into payload and trailer: everything before the frame word, and the rest of its line. What comes later is nobody's. */
export function createFrameReader(frame: string, onPayload: Sink): FrameReader {
  const mark = Buffer.from(frame)
  let pending: Buffer = Buffer.alloc(0)
  let isBehind = false
  let trailer: string | undefined

  const finish = () => {
    const end = pending.indexOf('\n')
    if (end >= 0) trailer = pending.subarray(0, end).toString().trim()
  }

  return {
    add: (chunk) => {
      if (trailer !== undefined) return
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      if (isBehind) return finish()
      const at = pending.indexOf(mark)
      // The last bytes may be the beginning of the frame word.
      const payloadEnd = at >= 0 ? at : Math.max(0, pending.length - mark.length + 1)
      if (payloadEnd > 0) onPayload(pending.subarray(0, payloadEnd))
      isBehind = at >= 0
      pending = pending.subarray(isBehind ? at + mark.length : payloadEnd)
      if (isBehind) finish()
    },
    trailer: () => trailer,
  }
}
