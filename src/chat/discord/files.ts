import type { ChatFile } from '../chart/chart-file.ts'
import { withoutHalf } from './escape.ts'

/** Discord's limits, with some room for what else is in the request. */
const limits = { files: 10, partBytes: 8_000_000, allBytes: 24_000_000 }

/** The files as Discord takes them: plain names, none empty, none too large. */
export function attachable(files: readonly ChatFile[]): { files: ChatFile[]; isWhole: boolean } {
  const all = files.flatMap((file) => (file.charts === undefined ? inParts(plainName(file.name), file.text.toWellFormed()) : [file]))
  const taken: ChatFile[] = []
  let bytes = 0
  for (const file of all) {
    const size = Buffer.byteLength(file.text)
    if (taken.length === limits.files || bytes + size > limits.allBytes) break
    bytes += size
    taken.push({ ...file, name: unused(file.name, taken) })
  }
  return { files: taken, isWhole: taken.length === all.length }
}

function inParts(name: string, text: string): ChatFile[] {
  if (Buffer.byteLength(text) <= limits.partBytes) return [{ name, text: text === '' ? '(empty)\n' : text }]
  const parts: ChatFile[] = []
  // a UTF-16 unit is at most three bytes
  for (let start = 0; start < text.length;) {
    const part = withoutHalf(text.slice(start, start + Math.floor(limits.partBytes / 3)))
    start += part.length
    parts.push({ name: parts.length === 0 ? name : name.replace(/(\.[a-z]+)?$/, `.part${parts.length + 1}$1`), text: part })
  }
  return parts
}

/** Letters, digits, dots and hyphens only. */
export function plainName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._]+/, '')
  return plain.length > 60 ? `${plain.slice(0, 40)}${plain.slice(-20)}` : plain || 'file.txt'
}

function unused(name: string, taken: readonly ChatFile[]): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : name.replace(/(\.[a-z]+)?$/, `-${number}$1`)
    if (taken.every((file) => file.name !== candidate)) return candidate
  }
}
