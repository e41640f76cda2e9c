import { z } from 'zod'

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** So many seconds, as people write them: `30s`, `10m`, `1h`. A number alone counts as `unit`. */
export function spanOf({ least, most, unit }: { least: string; most: string; unit: keyof typeof units }): z.ZodType<number, string> {
  const [lowest, highest] = [secondsIn(least) ?? 0, secondsIn(most) ?? 0]
  return z.string().transform((text, context) => {
    const seconds = secondsIn(/^[0-9]+$/.test(text.trim()) ? `${text.trim()}${unit}` : text)
    if (seconds !== undefined && seconds >= lowest && seconds <= highest) return seconds
    context.issues.push({ code: 'custom', input: text, message: `write how long, from ${least} to ${most}` })
    return z.NEVER
  })
}

function secondsIn(text: string): number | undefined {
  const [, count = '', letter = ''] = /^([0-9]{1,6})([smhd])$/.exec(text.trim().toLowerCase()) ?? []
  const unit = Object.entries(units).find(([name]) => name === letter)
  return unit === undefined ? undefined : Number(count) * unit[1]
}
