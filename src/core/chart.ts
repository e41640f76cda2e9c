import { z } from 'zod'

/** A picture as data: whoever shows it draws it. */
export const chartSchema = z.strictObject({
  title: z.string(),
  /** Of the values, such as `requests/s` or `ms`. */
  unit: z.string(),
  /** Of the first value; milliseconds since 1970. */
  from: z.number(),
  /** Between two values, in milliseconds. */
  step: z.number().positive(),
  /** All of one length. null: not known. */
  series: z.array(z.strictObject({ name: z.string(), values: z.array(z.number().nullable()) })).min(1),
})
export type Chart = z.infer<typeof chartSchema>
