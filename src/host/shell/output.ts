import type { Readable } from 'node:stream'

const keptAtEachEnd = 64 * 1024

export interface KeptOutput {
  add(chunk: Buffer): void
  /** What is kept, without a word on what is not. */
  bytes(): Buffer
  text(): string
  truncated(): boolean
}

/** Keeps the first and last 64 KiB of what is added, whatever comes between: errors stand at either end. */
export function createEnds(): KeptOutput {
  const head: Buffer[] = []
  const tail: Buffer[] = []
  let headBytes = 0
  let tailBytes = 0
  let total = 0
  const add = (chunk: Buffer) => {
    total += chunk.length
    const forHead = chunk.subarray(0, keptAtEachEnd - headBytes)
    if (forHead.length > 0) head.push(forHead)
    headBytes += forHead.length
    const forTail = chunk.subarray(forHead.length)
    if (forTail.length > 0) tail.push(forTail)
    tailBytes += forTail.length
    for (let oldest = tail[0]; oldest !== undefined && tailBytes - oldest.length >= keptAtEachEnd; oldest = tail[0]) {
      tailBytes -= oldest.length
      tail.shift()
    }
  }
  const truncated = () => total > 2 * keptAtEachEnd
  const bytes = () => Buffer.concat([...head, truncated() ? Buffer.concat(tail).subarray(-keptAtEachEnd) : Buffer.concat(tail)])
  return { add, bytes, text: () => keptOf(bytes(), total).text, truncated }
}

/** Reads a stream to its end and keeps its ends. */
export function keepEnds(stream: Readable): KeptOutput {
  const ends = createEnds()
  stream.on('data', ends.add)
  // A stream that breaks is a stream that ended; what the command made of it is in its exit code.
  stream.on('error', () => undefined)
  return ends
}

/** What was kept of an output of `total` bytes: all of it, or 64 KiB from either end. */
export function keptOf(kept: Buffer, total: number): { text: string; truncated: boolean } {
  if (total <= 2 * keptAtEachEnd) return { text: kept.toString(), truncated: false }
  const [head, tail] = [kept.subarray(0, keptAtEachEnd), kept.subarray(-keptAtEachEnd)]
  return { text: `${head.toString()}\n[${total - 2 * keptAtEachEnd} bytes are not kept]\n${tail.toString()}`, truncated: true }
}
