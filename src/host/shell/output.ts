import type { Readable } from 'node:stream'

const keptAtEachEnd = 64 * 1024

export interface KeptOutput {
  text(): string
  truncated(): boolean
}

/** Reads a stream to its end and keeps its first and last 64 KiB, whatever comes between: errors stand at either end. */
export function keepEnds(stream: Readable): KeptOutput {
  const head: Buffer[] = []
  const tail: Buffer[] = []
  let headBytes = 0
  let tailBytes = 0
  let total = 0
  stream.on('data', (chunk: Buffer) => {
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
  })
  // A stream that breaks is a stream that ended; what the command made of it is in its exit code.
  stream.on('error', () => undefined)
  const truncated = () => total > 2 * keptAtEachEnd
  const text = () => {
    const end = Buffer.concat(tail)
    if (!truncated()) return Buffer.concat([...head, end]).toString()
    const left = total - 2 * keptAtEachEnd
    return `${Buffer.concat(head).toString()}\n[${left} bytes are not kept]\n${end.subarray(-keptAtEachEnd).toString()}`
  }
  return { text, truncated }
}
