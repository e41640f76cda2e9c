import { inflateSync } from 'node:zlib'

export interface Pixels {
  width: number
  height: number
  /** How many pixels of this part are not white. */
  ink(part: { left: number; top: number; width: number; height: number }): number
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A PNG of 8 bits a channel with alpha, as it decodes by the standard; throws where it is none. */
export function readPng(bytes: Uint8Array): Pixels {
  const png = Buffer.from(bytes)
  if (!png.subarray(0, 8).equals(signature)) throw new Error('no PNG')
  const parts: Buffer[] = []
  let [width, height, kind] = [0, 0, '']
  for (let at = 8; at < png.length && kind !== 'IEND';) {
    const length = png.readUInt32BE(at)
    kind = png.toString('latin1', at + 4, at + 8)
    const data = png.subarray(at + 8, at + 8 + length)
    if (kind === 'IHDR') {
      if (data[8] !== 8 || data[9] !== 6) throw new Error(`not 8 bits of red, green, blue and alpha: ${data.toString('hex')}`)
      ;[width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)]
    }
    if (kind === 'IDAT') parts.push(data)
    at += 12 + length
  }
  if (kind !== 'IEND') throw new Error('the PNG has no end')
  const rows = unfiltered(inflateSync(Buffer.concat(parts)), width * 4, height)
  const isInk = (x: number, y: number) => [0, 1, 2].some((channel) => (rows[y * width * 4 + x * 4 + channel] ?? 255) < 250)
  return {
    width,
    height,
    ink(part) {
      let count = 0
      for (let y = part.top; y < part.top + part.height; y++)
        for (let x = part.left; x < part.left + part.width; x++) count += Number(isInk(x, y))
      return count
    },
  }
}

/** Each row begins with how its bytes are told from those to the left and above. */
function unfiltered(raw: Buffer, stride: number, height: number): Uint8Array {
  const rows = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x++) {
      const left = x < 4 ? 0 : (rows[y * stride + x - 4] ?? 0)
      const up = y === 0 ? 0 : (rows[(y - 1) * stride + x] ?? 0)
      const corner = x < 4 || y === 0 ? 0 : (rows[(y - 1) * stride + x - 4] ?? 0)
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      rows[y * stride + x] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess
    }
  }
  return rows
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [toLeft, toUp, toCorner] = [left, up, corner].map((one) => Math.abs(guess - one))
  if ((toLeft ?? 0) <= (toUp ?? 0) && (toLeft ?? 0) <= (toCorner ?? 0)) return left
  return (toUp ?? 0) <= (toCorner ?? 0) ? up : corner
}
