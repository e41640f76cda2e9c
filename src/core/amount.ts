/** `512m` → `536870912`, as rctl(8) says it back: kilobytes and so on are of 1024. A bare number stays. */
export function amountOf(text: string): string {
  const [, number = '0', unit = ''] = /^([0-9]+)([kmg]?)$/i.exec(text) ?? []
  return String(Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase()))
}

/** `536870912` → `512 MB`. */
export function sizeText(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), 4)
  const value = bytes / 1024 ** unit
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${['B', 'kB', 'MB', 'GB', 'TB'][unit] ?? 'B'}`
}
