import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

export interface Member {
  name: string
  bytes: Buffer
}

const localSign = 0x04034b50
const centralSign = 0x02014b50
const endSign = 0x06054b50

/** A zip file of a few members, deflated. */
export function writeZip(members: Member[]): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const { name, bytes } of members) {
    const packed = deflateRawSync(bytes)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([number(localSign), common, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    central.push(Buffer.concat([number(centralSign), Buffer.from([20, 3]), common, tail, Buffer.from(name)]))
    parts.push(local)
    at += local.length
  }
  const index = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(index.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, index, number(endSign), end])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** undefined: it is no zip file. */
export function readZip(file: Buffer): Member[] | undefined {
  const end = file.lastIndexOf(number(endSign))
  if (end < 0) return undefined
  const members: Member[] = []
  let at = file.readUInt32LE(end + 16)
  for (let count = file.readUInt16LE(end + 10); count > 0; count--) {
    if (file.readUInt32LE(at) !== centralSign) return undefined
    const nameLength = file.readUInt16LE(at + 28)
    const start = file.readUInt32LE(at + 42)
    const data = start + 30 + file.readUInt16LE(start + 26) + file.readUInt16LE(start + 28)
    const packed = file.subarray(data, data + file.readUInt32LE(at + 20))
    const name = file.subarray(at + 46, at + 46 + nameLength).toString()
    members.push({ name, bytes: file.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed) })
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
  return members
}
