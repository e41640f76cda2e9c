import { writeFileSync } from 'node:fs'
import { findReal } from './client.ts'
import type { Chunk } from './call.ts'

/** The answer is a sh script that the client reads: both streams in their true order, then the exit code. No fork for ordinary text. */
export function encodeAnswer(file: string, chunks: Chunk[], code: number): string {
  const lines = joinNeighbours(chunks).map((chunk, index) => `${writeChunk(file, chunk, index)}${chunk.stream === 'err' ? ' >&2' : ''}\n`)
  return `${lines.join('')}exit ${code}\n`
}

function writeChunk(file: string, { bytes }: Chunk, index: number): string {
  if (isPlainText(bytes)) return `printf '%s' '${bytes.toString().replaceAll("'", String.raw`'\''`)}'`
  const path = `${file}.bytes${index}`
  writeFileSync(path, bytes)
  return `${findReal('cat') ?? 'cat'} '${path}'`
}

function isPlainText(bytes: Buffer): boolean {
  return bytes.length < 65536 && !bytes.includes(0) && Buffer.from(bytes.toString()).equals(bytes)
}

function joinNeighbours(chunks: Chunk[]): Chunk[] {
  const joined: Chunk[] = []
  for (const chunk of chunks) {
    const last = joined.at(-1)
    if (last?.stream === chunk.stream) last.bytes = Buffer.concat([last.bytes, chunk.bytes])
    else joined.push({ ...chunk })
  }
  return joined
}
