const units = ['', 'K', 'M', 'G', 'T', 'P']

/** A number of bytes as zfs(8) shows it: three digits that count. */
export function niceBytes(bytes: number): string {
  let at = 0
  for (let rest = bytes; rest >= 1024; rest = Math.floor(rest / 1024)) at++
  const unit = units[at] ?? ''
  const size = 1024 ** at
  if (at === 0) return `${bytes}B`
  if (bytes % size === 0) return `${bytes / size}${unit}`
  const texts = [2, 1, 0].map((digits) => `${(bytes / size).toFixed(digits)}${unit}`)
  return texts.find((text) => text.length <= 5) ?? texts.at(-1) ?? ''
}

/** 10G, 1.5M, 4096, none → bytes; undefined: no such number. */
export function readBytes(text: string): number | undefined {
  if (text === 'none' || text === '0') return 0
  const found = /^([0-9]+(?:\.[0-9]+)?)([KMGTP]?)(?:I?B)?$/i.exec(text)
  if (found === null) return undefined
  return Math.floor(Number(found[1]) * 1024 ** units.indexOf((found[2] ?? '').toUpperCase()))
}

/** `Thu Nov 26  1:38 2026` */
export function niceTime(seconds: number): string {
  const time = new Date(seconds * 1000)
  const word = (form: Intl.DateTimeFormatOptions) => time.toLocaleDateString('en-US', { ...form, timeZone: 'UTC' })
  const day = String(time.getUTCDate()).padStart(2)
  const hour = String(time.getUTCHours()).padStart(2)
  const minute = String(time.getUTCMinutes()).padStart(2, '0')
  return `${word({ weekday: 'short' })} ${word({ month: 'short' })} ${day} ${hour}:${minute} ${time.getUTCFullYear()}`
}
